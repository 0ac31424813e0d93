import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { GhlEndpointGroup } from '../../integrations/ghl/index.js';
import type { TenantId, Tx } from '../../platform/database/index.js';

/** One part of HighLevel, as one connection sees it. */
export interface Guarded {
  readonly tenant: TenantId;
  readonly connectionId: string;
  readonly group: GhlEndpointGroup;
}
export interface BreakerCause {
  code: string;
  detail: string;
}
export interface BreakerRow {
  agency_id: string;
  connection_id: string;
  endpoint_group: GhlEndpointGroup;
  state: 'open' | 'half-open';
  cause: BreakerCause;
  opened_at: Date;
  pause_ms: number;
  /** Until one call may try; half-open: until its answer is not waited for any more. */
  probe_in_ms: number;
  /** Runs that are held back. */
  waiting: number;
}
export interface BreakerRules {
  failures: number;
  windowMs: number;
  pauseMs: number;
}

/** The rows of the circuit breakers. Every moment is the database's; every change of state is one UPDATE that one process wins. */
@Injectable()
export class BreakerStore {
  constructor(private readonly dataSource: DataSource) {}

  /** All that are not closed, of all agencies. */
  notClosed(): Promise<BreakerRow[]> {
    return this.dataSource.query<BreakerRow[]>('SELECT * FROM ghl_breakers_open()');
  }

  async notClosedOf(tx: Tx): Promise<(Omit<BreakerRow, 'probe_in_ms' | 'waiting'> & { probe_at: Date })[]> {
    return tx.query(
      `SELECT connection_id, endpoint_group, state, cause, opened_at, pause_ms, probe_at FROM ghl_breakers
       WHERE agency_id = $1 AND state <> 'closed' ORDER BY connection_id, endpoint_group`,
      [tx.tenant],
    );
  }

  /** True for the one failure that opens it. */
  async failed(tx: Tx, { connectionId, group }: Guarded, cause: BreakerCause, rules: BreakerRules): Promise<boolean> {
    const which = [tx.tenant, connectionId, group];
    await tx.query(
      'INSERT INTO ghl_breakers (agency_id, connection_id, endpoint_group) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      which,
    );
    const [counted] = await tx.query<{ failures: number }>(
      `UPDATE ghl_breakers SET failed_at = clock_timestamp() || ARRAY(
         SELECT at FROM unnest(failed_at) AS at WHERE at > clock_timestamp() - $4 * interval '1 ms')
       WHERE agency_id = $1 AND connection_id = $2 AND endpoint_group = $3 AND state = 'closed'
       RETURNING cardinality(failed_at) AS failures`,
      [...which, rules.windowMs],
    );
    if (!counted || counted.failures < rules.failures) return false;
    await tx.query(
      `UPDATE ghl_breakers SET state = 'open', failed_at = '{}', cause = $4, opened_at = clock_timestamp(), pause_ms = $5::int,
         probe_at = clock_timestamp() + $5::int * interval '1 ms'
       WHERE agency_id = $1 AND connection_id = $2 AND endpoint_group = $3`,
      [...which, JSON.stringify(cause), rules.pauseMs],
    );
    return true;
  }

  /** True for the one call that may try now. A probe that was never settled, because its process died, is followed by another. */
  async takeProbe(tx: Tx, { connectionId, group }: Guarded, probeId: string, withinMs: number): Promise<boolean> {
    const taken = await tx.query(
      `UPDATE ghl_breakers SET state = 'half-open', probe_id = $4, probe_at = clock_timestamp() + $5 * interval '1 ms'
       WHERE agency_id = $1 AND connection_id = $2 AND endpoint_group = $3 AND state <> 'closed' AND probe_at <= clock_timestamp()
       RETURNING probe_id`,
      [tx.tenant, connectionId, group, probeId, withinMs],
    );
    return taken.length > 0;
  }

  /** True when this probe closed it; one that came too late closes nothing. */
  async close(tx: Tx, { connectionId, group }: Guarded, probeId: string): Promise<boolean> {
    const closed = await tx.query(
      `UPDATE ghl_breakers SET state = 'closed', probe_id = NULL, opened_at = NULL, probe_at = NULL, pause_ms = NULL
       WHERE agency_id = $1 AND connection_id = $2 AND endpoint_group = $3 AND probe_id = $4 RETURNING state`,
      [tx.tenant, connectionId, group, probeId],
    );
    return closed.length > 0;
  }

  /** The probe told nothing good. Without a cause it told nothing at all, and the next call may try at once. */
  async reopen(tx: Tx, { connectionId, group }: Guarded, probeId: string, pauseAtMostMs: number, cause?: BreakerCause) {
    await tx.query(
      `UPDATE ghl_breakers SET state = 'open', probe_id = NULL, cause = coalesce($5::jsonb, cause),
         pause_ms = CASE WHEN $5::jsonb IS NULL THEN pause_ms ELSE least(pause_ms * 2, $6::int) END,
         probe_at = clock_timestamp() + CASE WHEN $5::jsonb IS NULL THEN 0 ELSE least(pause_ms * 2, $6::int) END * interval '1 ms'
       WHERE agency_id = $1 AND connection_id = $2 AND endpoint_group = $3 AND probe_id = $4`,
      [tx.tenant, connectionId, group, probeId, cause ? JSON.stringify(cause) : null, pauseAtMostMs],
    );
  }
}
