import { Secret } from '../crypto/secret.js';
import { requestContext } from '../http/request-context.js';
import { createLog, withLogFields } from './index.js';

const lines: string[] = [];
const log = createLog('debug', { write: (line) => lines.push(line) });
const last = () => JSON.parse(lines.at(-1)!) as Record<string, never>;

it('writes one JSON line with the context of the work', () => {
  const context = { requestId: 'r1', traceId: 't1', answerHeaders: {} };
  requestContext.run(context, () =>
    withLogFields({ runId: 'run-1' }, () =>
      withLogFields({ step: 's' }, () => log.info('A thing happened', { ms: 3 })),
    ),
  );
  expect(last()).toMatchObject({
    level: 'info',
    message: 'A thing happened',
    requestId: 'r1',
    traceId: 't1',
    runId: 'run-1',
    step: 's',
    ms: 3,
  });
});

it('hides secrets by type, by name at any depth, and inside texts', () => {
  log.warn('Secrets', {
    value: new Secret('canary'),
    deep: [
      {
        request: {
          headers: { Authorization: 'canary', cookie: 'canary' },
          access_token: 'canary',
          apiKey: 'canary',
          passwordHash: 'canary',
        },
      },
    ],
    url: 'postgres://app:canary@db/x',
    text: 'sent Bearer canarycanary and sw_canary_0123456789',
    tokenCount: 3,
    connectionId: 'kept',
  });
  expect(lines.at(-1)).not.toContain('canary');
  expect(last()).toMatchObject({ tokenCount: 3, connectionId: 'kept' });
});

it('tells of an error what helps, and nothing of the request it carries', () => {
  const cause = Object.assign(new Error('connect to postgres://u:canary@db failed'), {
    config: { headers: { Authorization: 'canary' } },
    code: 'ECONNREFUSED',
  });
  log.error('It failed', { err: new Error('outer', { cause }) });
  expect(lines.at(-1)).not.toContain('canary');
  expect(last()).toMatchObject({ err: { message: 'outer', cause: { code: 'ECONNREFUSED' } } });
});

it('lets no field forge a line', () => {
  log.info('A name', { name: 'x\r\n{"level":"error"}\u001b[31m\u0000\u2028' });
  expect(lines.at(-1)!.trimEnd()).not.toMatch(/[\r\n\u0000-\u001f]/);
  expect(last()).toMatchObject({ level: 'info' });
});

it('bounds what one line can hold', () => {
  const round: Record<string, unknown> = {};
  round.self = round;
  log.info('Large', { text: 'x'.repeat(1_000_000), list: Array.from({ length: 10_000 }), round });
  expect(lines.at(-1)!.length).toBeLessThan(20_000);
});
