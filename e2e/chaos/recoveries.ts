import { until } from '../support/until.js';
import type { KillableProduct } from './killable-product.js';

interface Seen {
  id: string;
  state: string;
  updatedAt: string;
}

/** How long work that was in hand when the product was killed waits for its new owner. */
export class Recoveries {
  private seen: Seen[] = [];
  private readonly orphans = new Map<string, { since: number; updatedAt: string }>();
  private readonly took: number[] = [];

  constructor(private readonly product: KillableProduct) {}

  /** Looks at everything that is under way and returns how many jobs that are. */
  async look(): Promise<number> {
    const path = '/api/jobs?saga=provisioning&limit=100&state=ready,running,waiting,undoing';
    const { items } = await this.product.must<{ items: Seen[] }>('GET', path);
    this.seen = items;
    for (const [id, orphan] of this.orphans) {
      const now = items.find((job) => job.id === id);
      if (now?.updatedAt === orphan.updatedAt) continue;
      this.orphans.delete(id);
      this.took.push(Math.round(performance.now() - orphan.since));
    }
    return items.length;
  }

  /** What was in hand a moment ago is now without an owner. */
  killed(): void {
    const since = performance.now();
    for (const { id, state, updatedAt } of this.seen)
      if (state === 'running' && !this.orphans.has(id)) this.orphans.set(id, { since, updatedAt });
    this.seen = [];
  }

  async settled(): Promise<{ count: number; worstMs: number; medianMs: number }> {
    await until(async () => {
      await this.look();
      return this.orphans.size === 0 || undefined;
    });
    const sorted = this.took.toSorted((a, b) => a - b);
    return { count: sorted.length, worstMs: sorted.at(-1) ?? 0, medianMs: sorted[Math.floor(sorted.length / 2)] ?? 0 };
  }
}
