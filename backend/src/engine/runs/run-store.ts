import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Pool } from 'pg';
import { asTenantId, poolOf, type TenantId } from '../../platform/database/index.js';
import type { QueueLane } from '../queue/queue.port.js';
import type { Attention, LogLevel, RunState, StepState, WaitingFor } from './runs.schema.js';
import { SharedCommits } from './shared-commits.js';
import type { Via } from './saga.js';

export interface Claim {
  tenant: TenantId;
  runId: string;
  fence: number;
}

/** Places that a worker has free. */
export interface FreePlaces {
  any: number;
  /** Only for the queue `priority` and for agencies that hold nothing. */
  reserved: number;
}

/** With its rows, read in the same round trip. Nobody else writes them while it is held, but for a cancel, which the next save tells. */
export interface Claimed extends Claim {
  run: RunRow;
}

export interface StepRow {
  ordinal: number;
  name: string;
  state: StepState;
  marker: string;
  intent_at: string | null;
  /** Milliseconds until every call of the last attempt must have ended; negative when that is past, null when it ended by itself. */
  deadline_left_ms: number | null;
  issue_count: number;
  issues_allowed: number;
  looks: number;
  retries: number;
  output: unknown;
  evidence: Record<string, unknown> | null;
}

export interface RunRow {
  id: string;
  saga: string;
  version: number;
  title: string;
  state: RunState;
  direction: 'forward' | 'undo';
  no_progress: number;
  cancel_requested_at: string | null;
  input: unknown;
  created_by: string;
  request_hash: string;
  queue: QueueLane;
  steps: StepRow[];
}

/** Only the columns that change. */
export interface StepPatch {
  ordinal: number;
  state?: StepState;
  request_hash?: string;
  deadline_in_ms?: number | null;
  issue_count?: number;
  looks?: number;
  retries?: number;
  ext_id?: string | null;
  via?: Via | null;
  progress?: { done: number; total: number; note?: string } | null;
  output?: unknown;
  evidence?: Record<string, unknown> | null;
  error?: { kind: string; code: string; detail: string; evidence?: unknown } | null;
}

export interface RunPatch {
  state?: RunState;
  waiting_for?: WaitingFor | null;
  run_in_ms?: number;
  run_at?: 'infinity';
  /** A cancel cuts this wait short, even one that was asked for a moment ago. */
  ends_on_cancel?: true;
  /** Progress was made; or this claim only waited, and neither helps nor harms. */
  no_progress?: 0 | 'unchanged';
  output?: unknown;
  attention?: Attention | null;
  cancel_requested_at?: null;
}

export interface EventLine {
  level: LogLevel;
  step?: string;
  message: string;
  data?: Record<string, unknown>;
}

export interface Save {
  run?: RunPatch;
  steps?: StepPatch[];
  events?: EventLine[];
}

export interface Saved {
  lastSeq: number;
  cancelRequested: boolean;
  /** By database time. */
  at: Date;
}

/** Before all agencies. */
const noAgency = '00000000-0000-0000-0000-000000000000';

/** The hot statements of the engine: named SQL through the pool, one round trip each. */
@Injectable()
export class RunStore {
  private readonly pool: Pool;
  private readonly saves: SharedCommits;

  constructor(dataSource: DataSource) {
    this.pool = poolOf(dataSource);
    this.saves = new SharedCommits(this.pool);
  }

  /** `after`: the agency whose turn was last; the next one is first among equals. */
  async claim(
    owner: string,
    definitions: string[],
    leaseMs: number,
    free: FreePlaces,
    after?: TenantId,
  ): Promise<Claimed[]> {
    const { rows } = await this.pool.query<{ agency_id: string; id: string; fence: string; run: RunRow }>({
      name: 'runs_claim',
      text: 'SELECT agency_id, id, fence, run_load(agency_id, id) AS run FROM runs_claim($1, $2, $3, $4, $5, $6)',
      values: [owner, definitions, leaseMs, free.any, free.reserved, after ?? noAgency],
    });
    return rows.map((row) => ({
      tenant: asTenantId(row.agency_id),
      runId: row.id,
      fence: Number(row.fence),
      run: row.run,
    }));
  }

  /** `undefined` when the run is no longer ours: nothing was written. */
  save(claim: Claim, save: Save): Promise<Saved | undefined> {
    return this.saves.add({ ...claim, ...save });
  }

  /** Ids of the runs that are still ours. */
  async heartbeat(owner: string, claims: Claim[], leaseMs: number): Promise<Set<string>> {
    const { rows } = await this.pool.query<{ id: string }>({
      name: 'runs_heartbeat',
      text: 'SELECT id FROM runs_heartbeat($1, $2, $3, $4, $5)',
      values: [
        owner,
        claims.map(({ tenant }) => tenant),
        claims.map(({ runId }) => runId),
        claims.map(({ fence }) => fence),
        leaseMs,
      ],
    });
    return new Set(rows.map((row) => row.id));
  }

  /** Their holder lost them and lives: those claims are not counted as deaths. */
  async outlived(claims: Claim[]): Promise<void> {
    await this.pool.query('SELECT runs_outlived($1, $2)', [
      claims.map(({ tenant }) => tenant),
      claims.map(({ runId }) => runId),
    ]);
  }

  async overdue(olderThanMs: number, limit: number): Promise<{ runId: string; fence: number; queue: QueueLane }[]> {
    const { rows } = await this.pool.query<{ id: string; fence: string; queue: QueueLane }>(
      'SELECT id, fence, queue FROM runs_overdue($1, $2)',
      [olderThanMs, limit],
    );
    return rows.map((row) => ({ runId: row.id, fence: Number(row.fence), queue: row.queue }));
  }
}
