import type { Pool } from 'pg';
import { storableJson } from '../storable-json.js';
import type { Claim, Save, Saved } from './run-store.js';

type ClaimedSave = Claim & Save;

interface Waiting {
  save: ClaimedSave;
  resolve: (saved: Saved | undefined) => void;
  reject: (error: unknown) => void;
}

/** While one commit is being flushed the next one fills. */
const underWayAtMost = 2;
const savesAtMost = 64;

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
      if (this.waiting.length === 1) setImmediate(() => this.commitNext());
    });
  }

  private commitNext(): void {
    if (this.underWay >= underWayAtMost || this.waiting.length === 0) return;
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
      name: 'run_save',
      text: `SELECT e.n::int AS n, s.last_seq, s.cancel_requested, s.saved_at
        FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS e(save, n)
        CROSS JOIN LATERAL run_save((e.save->>'tenant')::uuid, (e.save->>'runId')::uuid, (e.save->>'fence')::bigint,
          e.save->'run', e.save->'steps', e.save->'events') AS s`,
      values: [storableJson(saves.map(asParameters))],
    });
    return new Map(
      rows.map((row) => [
        row.n - 1,
        { lastSeq: row.last_seq, cancelRequested: row.cancel_requested, at: row.saved_at },
      ]),
    );
  }
}

const asParameters = ({ tenant, runId, fence, run = {}, steps = [], events = [] }: ClaimedSave) => ({
  tenant,
  runId,
  fence,
  run,
  ...(steps.length > 0 ? { steps } : {}),
  ...(events.length > 0 ? { events } : {}),
});

const wasRolledBack = (error: unknown) => (error as { severity?: string }).severity === 'ERROR';
