import type { RateView } from './rate-bucket.js';
import type { GhlLane } from './rate-rules.js';

/** So many calls are followed one by one; after that each round of the limit takes as long as the last one. */
const followedRounds = 3;

/** Milliseconds until the last of so many further calls can be sent, everything already waiting first. */
export function forecastCalls(view: RateView, calls: number, lane: GhlLane, countedWithinMs: number): number {
  if (calls <= 0) return 0;
  const allowed = Math.max(1, view.allowed);
  const inUse = view.frees.slice(-allowed);
  // A queue: slots come free in the order in which they are taken.
  const frees = [...Array<number>(allowed - inUse.length).fill(0), ...inUse];
  const total = view.waiting + calls;
  const rounds = Math.max(0, Math.floor(total / allowed) - followedRounds);
  const followed = total - rounds * allowed;
  const starts: number[] = [];
  for (let call = 0; call < followed; call++) {
    const paced = lane === 'priority' ? 0 : view.pacedFor[lane] + call * view.apart;
    const start = Math.max(frees[call]!, view.pausedFor, paced, 0);
    starts.push(start);
    frees.push(start + countedWithinMs + view.windowMs);
  }
  const last = starts.at(-1)!;
  const oneRound = rounds > 0 ? last - starts[followed - 1 - allowed]! : 0;
  return Math.ceil(last + rounds * oneRound);
}
