import type { Pool } from 'pg';
import type { TenantId } from '../../platform/database/index.js';
import { storableJson } from '../storable-json.js';
import { inLockOrder } from './lock-order.js';
import type { Claim, RunPatch, Save, Saved } from './run-store.js';

type ClaimedSave = Claim & Save;

interface Waiting {
  save: ClaimedSave;
  resolve: (saved: Saved | undefined) => void;
  reject: (error: unknown) => void;
}

/** While one commit is being flushed the next one fills; it sets off beside others only when it is worth a commit of its own. */
const underWayAtMost = 3;
const worthItsOwn = 4;
/** A larger commit is cheaper for each save, but all of them wait for the last. */
const savesAtMost = 16;

/**
 * Saves of different runs that are wanted at the same time travel in one statement and share its commit. Each resolves only
 * after that commit, so it is as durable as alone.
 */
export class SharedCommits {
  private waiting: Waiting[] = [];
  private underWay = 0;

  constructor(private readonly pool: Pool) {}

  add(save: ClaimedSave): Promise<Saved | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ save, resolve, reject });
      if (this.waiting.length === 1 || this.waiting.length === worthItsOwn) setImmediate(() => this.commitNext());
    });
  }

  private commitNext(): void {
    const enough = this.underWay === 0 ? 1 : worthItsOwn;
    if (this.underWay >= underWayAtMost || this.waiting.length < enough) return;
    const batch = this.waiting.splice(0, savesAtMost);
    this.underWay++;
    void this.commit(batch).finally(() => {
      this.underWay--;
      this.commitNext();
    });
  }

  private async commit(batch: Waiting[]): Promise<void> {
    try {
      const saved = await this.saveAll(batch.map(({ save }) => save));
      batch.forEach(({ resolve }, index) => resolve(saved.get(index)));
    } catch (error) {
      // One bad save must not harm its neighbours. When the connection broke it may have been committed: then nobody repeats it.
      if (batch.length > 1 && wasRolledBack(error)) for (const one of batch) await this.commit([one]);
      else for (const { reject } of batch) reject(error);
    }
  }

  private async saveAll(saves: ClaimedSave[]): Promise<Map<number, Saved>> {
    const { rows } = await this.pool.query<{ n: number; last_seq: number; cancel_requested: boolean; saved_at: Date }>({
      name: 'runs_save',
      text: 'SELECT n, last_seq, cancel_requested, saved_at FROM runs_save($1)',
      values: [storableJson(asBatch(saves))],
    });
    return new Map(
      rows.map((row) => [row.n, { lastSeq: row.last_seq, cancelRequested: row.cancel_requested, at: row.saved_at }]),
    );
  }
}

interface Group {
  tenant: TenantId;
  saves: unknown[];
}

/** By agency and run, in the order in which every writer of many runs locks them: none waits for the other in a circle. */
function asBatch(saves: ClaimedSave[]): Group[] {
  const groups = new Map<TenantId, Group>();
  const numbered = saves.map((save, n) => ({ n, ...save })).sort(inLockOrder);
  for (const { n, tenant, runId, fence, run = {}, steps = [], events = [] } of numbered) {
    const group = groups.get(tenant) ?? { tenant, saves: [] };
    groups.set(tenant, group);
    const patches = steps.map(({ ordinal, ...patch }) => ({ run_id: runId, ordinal, patch }));
    group.saves.push({ tenant, n, run_id: runId, fence, run: inWholeMs(run), steps: patches, events });
  }
  return [...groups.values()];
}

/** A step may name any time to wait, also one that a database has reckoned to the microsecond. */
const inWholeMs = (run: RunPatch): RunPatch =>
  run.run_in_ms === undefined ? run : { ...run, run_in_ms: Math.ceil(run.run_in_ms) };

const wasRolledBack = (error: unknown) => (error as { severity?: string }).severity === 'ERROR';
