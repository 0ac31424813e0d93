// Sagas that no product has. They are registered in the benches' own processes and nowhere else.
import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { built } from './built.mjs';

const { done, saga } = await built('backend/src/engine/runs/index.js');

/** What the floor stores for each of its steps. */
const answer = {
  ok: true,
  ref: 'loc_0123456789',
  ms: 12,
  msg: 'step finished: sub-account created and snapshot applied',
};
export const STEPS = 6;
const LINES_PER_SECOND = 100;

const step = (name, run) =>
  class {
    static step = name;
    static title = name;
    static repeat = 'on-evidence';
    run = run;
    reconcile = async () => ({ kind: 'none' });
  };
const sixSteps = (name, run) => Array.from({ length: STEPS }, (_, index) => step(`${name}-${index + 1}`, run));

const nothing = sixSteps('nothing', async () => done(answer));
/** As long as a call to HighLevel takes. */
const waiting = sixSteps('wait', async () => {
  await pause(50);
  return done(answer);
});
export const curtain = new EventEmitter();
/** Once the curtain is up, writes lines at an even pace; each says when it was meant to be written. */
const talking = [
  step('talk', async (ctx) => {
    await once(curtain, 'up');
    const from = Date.now();
    for (let line = 0; line < ctx.input.lines; line++) {
      const due = from + (line * 1_000) / LINES_PER_SECOND;
      await pause(Math.max(0, due - Date.now()));
      ctx.log('info', 'A line of the log', { due, ref: answer.ref, msg: answer.msg });
    }
    return done(answer);
  }),
];

const input = z.object({ lines: z.number().optional(), sentAt: z.number().optional() });
export const steps = [...nothing, ...waiting, ...talking];
export const sagas = {
  nothing: saga('bench-nothing', { version: 1, input, steps: nothing }),
  waiting: saga('bench-waiting', { version: 1, input, steps: waiting }),
  talking: saga('bench-talking', { version: 1, input, steps: talking }),
};
