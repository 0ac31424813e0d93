import type { WaitingFor } from '../api/models';
import { aJob } from '../testing/samples';
import { ALL_RUN_STATES, explain } from './job-words';

const WAITING: WaitingFor[] = [
  'retry',
  'settle',
  'provider',
  'schedule',
  'rate-budget',
  'breaker',
  'connection',
  'approval',
  'pause',
];

describe('the words about a job', () => {
  it('give every state that is not green a cause and a next action', () => {
    for (const state of ALL_RUN_STATES.filter((one) => one !== 'done' && one !== 'running')) {
      const why = explain(aJob({ state }));
      expect(why?.cause).toBeTruthy();
      expect(why?.nextAction).toBeTruthy();
    }
  });

  it.each(WAITING)('say what a job waits for: %s', (waitingFor) => {
    expect(explain(aJob({ state: 'waiting', waitingFor }))?.cause).toMatch(/\.$/);
  });

  it('lead to the place where it is solved', () => {
    expect(explain(aJob({ state: 'waiting', waitingFor: 'connection' }))?.link).toBe('/connect');
  });

  it('are those of the server when it gives some', () => {
    const attention = { code: 'x', cause: 'Because.', nextAction: 'Do this.' };
    expect(explain(aJob({ state: 'needs-human', attention }))).toMatchObject({
      cause: 'Because.',
      nextAction: 'Do this.',
    });
  });
});
