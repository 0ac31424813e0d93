import { chance } from './random.js';

/** Log-normal through the given median and 99th percentile, never below the minimum; follows from seed and serial. */
export function latencyOf(
  serial: number,
  seed: string,
  { minMs, p50, p99 }: { minMs: number; p50: number; p99: number },
): number {
  if (p50 <= 0) return minMs;
  const sigma = Math.log(Math.max(p99, p50) / p50) / 2.326; // 2.326 is the 99th percentile of the normal distribution
  const [a, b] = [chance(seed, 'latency', serial, 1) || 1e-9, chance(seed, 'latency', serial, 2)];
  const normal = Math.sqrt(-2 * Math.log(a)) * Math.cos(2 * Math.PI * b);
  return Math.max(minMs, p50 * Math.exp(sigma * Math.min(normal, 3)));
}
