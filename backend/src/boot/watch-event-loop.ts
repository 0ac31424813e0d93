import { url as inspectorUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';

const checks = 20;

/** Runs in a thread of its own: what is stuck cannot look after itself. As text, so that it needs no file beside this one. */
const watcher = `
  const { workerData } = require('node:worker_threads');
  const turns = new Int32Array(workerData.turns);
  let seen = -1;
  let stuck = 0;
  setInterval(() => {
    const now = Atomics.load(turns, 0);
    stuck = now === seen ? stuck + 1 : 0;
    seen = now;
    if (stuck < workerData.checks) return;
    require('node:fs').writeSync(2, workerData.lastWords.replace('TIME', new Date().toISOString()) + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }, workerData.everyMs);
`;

/**
 * Ends this process when its event loop has not turned for so long: its leases then go to others, and whoever supervises it
 * starts it anew. It counts its own looks and not time, so a process that was stopped and goes on is not ended for that. Does
 * nothing while a debugger is attached.
 */
export function watchEventLoop(limitMs: number): void {
  if (inspectorUrl()) return;
  const everyMs = limitMs / checks;
  const turns = new Int32Array(new SharedArrayBuffer(4));
  setInterval(() => Atomics.add(turns, 0, 1), everyMs / 2).unref();
  const lastWords = JSON.stringify({
    ...{ level: 'error', time: 'TIME', pid: process.pid, limitMs },
    message: 'The event loop did not turn in time; this process ends so that others take over',
  });
  const thread = new Worker(watcher, {
    eval: true,
    workerData: { turns: turns.buffer, everyMs, checks, lastWords },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  });
  thread.unref();
}
