import { setTimeout as pause } from 'node:timers/promises';

/** The first thing that `look` finds; looks again and again until the time is over. */
export async function until<Found>(look: () => Promise<Found | undefined>, withinMs = 15_000): Promise<Found> {
  for (const end = performance.now() + withinMs; performance.now() < end; await pause(40)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`It did not happen within ${withinMs} ms`);
}
