import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { percentile, rounded } from './measuring.mjs';

export const name = 'one intake ranked against 100 snapshots, offline';
export const must = '≤ 5 ms, ≤ 100 MB';
export const goal = must;
export const method =
  'The ranker as it was built, alone in a process: every intake of our own evaluation sets, one after the other, against 100 of their snapshots, after 200 to warm up. The time is that of the 99th of a hundred; the memory is what the process grew by from before the ranker was loaded to the end.';

export async function run() {
  const child = fork(fileURLToPath(new URL('ranker-process.mjs', import.meta.url)), { stdio: 'inherit' });
  const [told] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])]);
  if (!told) throw new Error('The ranker ended before it told what it took.');
  const { ms, snapshots, megabytes } = told;
  const [p50, p99, max] = [0.5, 0.99, 1].map((part) => rounded(percentile(ms, part), 2));
  const met = p99 <= 5 && megabytes <= 100 && snapshots === 100;
  return {
    must: met,
    goal: met,
    says: `p50 ${p50} ms, p99 ${p99} ms, max ${max} ms over ${ms.length} intakes; ${megabytes} MB`,
    figures: { intakes: ms.length, snapshots, p50, p99, max, megabytes },
  };
}
