import { request } from 'node:http';
import { both, type Fault, slack } from '../fault.js';
import type { Try } from '../try.js';

const viewers = 8;

/** Somebody who follows a job over a line that breaks all the time, and comes back with what was seen last. */
async function follow(on: Try, jobId: string, seen: number[], isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await watch(on, jobId, seen, on.random.between(30, 600)).catch(() => undefined);
    await on.random.pause(0, 100);
  }
  const { lastSeq } = await on.world.must<{ lastSeq: number }>('GET', `/api/jobs/${jobId}`);
  await watch(on, jobId, seen, 10_000 * slack, lastSeq).catch(() => undefined);
}

/** For so long, or until this line was seen. */
function watch(on: Try, jobId: string, seen: number[], ms: number, lastSeq = Infinity): Promise<void> {
  const { port } = on.random.oneOf(on.world.apis);
  const path = `/api/jobs/${jobId}/events?after=${seen.at(-1) ?? 0}`;
  if ((seen.at(-1) ?? 0) >= lastSeq) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path, headers: on.world.session }, (stream) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        const events = (text + chunk.toString()).split('\n\n');
        text = events.pop()!;
        for (const event of events) seen.push(...linesOf(event));
        if ((seen.at(-1) ?? 0) >= lastSeq) asking.destroy();
      });
      stream.once('close', resolve);
      stream.once('error', reject);
    });
    asking.once('error', reject);
    asking.end();
    const tooLong = setTimeout(() => asking.destroy(), ms);
    asking.once('close', () => clearTimeout(tooLong));
  });
}

function linesOf(event: string): number[] {
  if (!/^event: line$/m.test(event)) return [];
  const data = /^data: (.*)$/m.exec(event)?.[1];
  return data ? [(JSON.parse(data) as { seq: number }).seq] : [];
}

export const f49: Fault = {
  id: 'F49',
  title: 'Viewers of a log come and go at random, one does not read',
  holds: 'each has seen every line once and in order; the one that does not read costs nobody anything',
  modes: both,
  gentle: true,
  async run(on) {
    const order = await on.order('whole');
    await on.place(order);
    let over = false;
    const seen = Array.from({ length: viewers }, () => [] as number[]);
    const deaf = deafViewer(on, order.jobId!);
    const watching = seen.map((each) => follow(on, order.jobId!, each, () => over));
    on.strike('viewers come and go');
    await on.settle(40_000);
    over = true;
    await Promise.all(watching);
    deaf();
    const { lastSeq } = await on.world.must<{ lastSeq: number }>('GET', `/api/jobs/${order.jobId}`);
    const wanted = Array.from({ length: lastSeq }, (_, index) => index + 1).join();
    const wrong = seen.filter((each) => each.join() !== wanted);
    on.expect(wrong.length === 0, 'each viewer has seen each line once', { lastSeq, wrong: wrong.slice(0, 2) });
  },
};

/** Asks for the stream and never reads it. */
function deafViewer(on: Try, jobId: string): () => void {
  const asking = request({
    host: '127.0.0.1',
    port: on.world.apis[0].port,
    path: `/api/jobs/${jobId}/events`,
    headers: on.world.session,
  });
  asking.on('error', () => undefined);
  asking.on('response', (stream) => stream.pause());
  asking.end();
  return () => asking.destroy();
}
