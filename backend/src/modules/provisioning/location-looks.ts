import { Inject, Injectable } from '@nestjs/common';
import type { StepContext } from '../../engine/runs/index.js';
import { type GhlLocation, GhlPort } from '../../integrations/ghl/index.js';
import { Ids } from '../../platform/clock/clock.js';
import { type Config, CONFIG } from '../../platform/config/index.js';
import { Transaction } from '../../platform/database/index.js';
import { GhlCalls } from './ghl-calls.js';
import type { LocationAuditInput } from './location-audit-input.js';
import { plainName } from './to-location.js';

export interface LookWanted {
  name: string;
  /** Landmarks: what is listed before them came later. */
  before: readonly string[];
  /** A look that began earlier does not count. */
  due: Date;
  /** How long it may wait for others that fall due, so that one look serves them all. */
  slackMs: number;
}

/** Of this name and newer than the landmarks; `covered` when the list goes back that far. Or: come back then. */
export type LocationLook = { kind: 'seen'; ids: string[]; covered: boolean } | { kind: 'later'; inMs: number };

interface Row {
  /** The rest says something only then: reading a long list costs more than all else here. */
  is_fresh: boolean;
  is_asked: boolean;
  covered: boolean;
  /** There is no more to list, or we go no farther. */
  ended: boolean;
  later_ms: number;
  same: string[];
}

const pageSize = 100;
/** Deletions meanwhile move what follows to an earlier page. */
const overlap = 10;
const listedAtMost = 5_000;
const leaseLostMs = 5_000;
/** Who waits for another's list shares it with those that fall due meanwhile; each coming back costs a turn of the workers. */
const whileAskedMs = { min: 100, max: 60_000 };

/**
 * One list of the newest sub-accounts serves every audit that was due when it was begun, in all processes: listed for each
 * sub-account, the audits of a batch would cost more than the batch. One run asks at a time, by a lease row on database time;
 * one that needs to see farther back goes on where the last one ended.
 */
@Injectable()
export class LocationLooks {
  constructor(
    private readonly ghl: GhlPort,
    private readonly calls: GhlCalls,
    private readonly transaction: Transaction,
    private readonly ids: Ids,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async at(ctx: StepContext<LocationAuditInput>, wanted: LookWanted): Promise<LocationLook> {
    const known = await this.read(ctx, wanted);
    if (known?.is_fresh && (known.covered || known.ended)) return seen(known);
    if (known && !known.is_fresh && known.later_ms > 0) return { kind: 'later', inMs: known.later_ms };
    const asker = this.ids.next();
    if (known?.is_asked || !(await this.take(ctx, wanted, asker)))
      return { kind: 'later', inMs: Math.min(Math.max(wanted.slackMs, whileAskedMs.min), whileAskedMs.max) };
    try {
      for (;;) {
        const row = await this.read(ctx, wanted);
        if (row && (row.covered || row.ended)) return seen(row);
        if (!(await this.listOn(ctx, asker))) return { kind: 'later', inMs: leaseLostMs };
      }
    } finally {
      await this.release(ctx, asker);
    }
  }

  private async read(
    { tenant, input }: StepContext<LocationAuditInput>,
    { name, before, due, slackMs }: LookWanted,
  ): Promise<Row | undefined> {
    const [row] = await this.transaction.run(tenant, (tx) =>
      tx.query<Row>(
        `SELECT l.looked_at >= $3 AS is_fresh, coalesce(l.asking_until > clock_timestamp(), false) AS is_asked,
           extract(epoch FROM l.looked_at - clock_timestamp())::float8 * 1000 + $6 AS later_ms,
           l.complete OR m.landmark IS NOT NULL AS covered,
           l.complete OR (l.looked_at >= $3 AND cardinality(l.ids) >= $7) AS ended,
           ARRAY(SELECT s.id FROM unnest(l.ids, l.names) WITH ORDINALITY AS s(id, name, place)
                 WHERE l.looked_at >= $3 AND s.name = $5 AND (m.landmark IS NULL OR s.place < m.landmark)) AS same
         FROM ghl_location_looks l,
           LATERAL (SELECT min(array_position(l.ids, b)) AS landmark
                    FROM unnest($4::text[]) AS b WHERE l.looked_at >= $3) m
         WHERE l.agency_id = $1 AND l.connection_id = $2`,
        [tenant, input.connectionId, due, before, plainName(name), slackMs, listedAtMost],
      ),
    );
    return row;
  }

  /**
   * Begins anew what is too old for this audit, else goes on with it. False when another run is asking. It waits for nobody:
   * a thousand that queued here for one row would hold up the one that has it.
   */
  private async take(
    { tenant, input }: StepContext<LocationAuditInput>,
    { due }: LookWanted,
    asker: string,
  ): Promise<boolean> {
    const taken = await this.transaction.run(tenant, (tx) =>
      tx.query(
        `WITH first AS (
           INSERT INTO ghl_location_looks (agency_id, connection_id, looked_at, asker, asking_until)
           SELECT $1, $2, clock_timestamp(), $3, clock_timestamp() + $5 * interval '1 ms'
           WHERE NOT EXISTS (SELECT 1 FROM ghl_location_looks WHERE agency_id = $1 AND connection_id = $2)
           ON CONFLICT DO NOTHING RETURNING 1
         ), free AS (
           SELECT looked_at >= $4 AS goes_on FROM ghl_location_looks
           WHERE agency_id = $1 AND connection_id = $2 AND (asking_until IS NULL OR asking_until < clock_timestamp())
           FOR UPDATE SKIP LOCKED
         ), again AS (
           UPDATE ghl_location_looks AS l SET asker = $3, asking_until = clock_timestamp() + $5 * interval '1 ms',
             looked_at = CASE WHEN goes_on THEN l.looked_at ELSE clock_timestamp() END,
             ids = CASE WHEN goes_on THEN l.ids ELSE '{}' END,
             names = CASE WHEN goes_on THEN l.names ELSE '{}' END,
             complete = goes_on AND l.complete
           FROM free WHERE l.agency_id = $1 AND l.connection_id = $2 RETURNING 1
         )
         SELECT 1 FROM first UNION ALL SELECT 1 FROM again`,
        [tenant, input.connectionId, asker, due, this.leaseMs],
      ),
    );
    return taken.length > 0;
  }

  /** One page more. False when the lease was lost. */
  private async listOn(ctx: StepContext<LocationAuditInput>, asker: string): Promise<boolean> {
    const { tenant, input } = ctx;
    const ids = await this.transaction.run(tenant, (tx) =>
      tx.query<{ ids: string[] }>(
        `UPDATE ghl_location_looks SET asking_until = clock_timestamp() + $4 * interval '1 ms'
         WHERE agency_id = $1 AND connection_id = $2 AND asker = $3 RETURNING ids`,
        [tenant, input.connectionId, asker, this.leaseMs],
      ),
    );
    if (ids.length === 0) return false;
    const known = new Set(ids[0].ids);
    const query = { skip: Math.max(0, known.size - overlap), limit: pageSize, order: 'desc' as const };
    const page = await this.calls.company(ctx, (access, call) => this.ghl.searchLocations(access, query, call));
    const more = page.filter(({ id }) => !known.has(id));
    return this.keep(ctx, asker, more, page.length < pageSize);
  }

  private async keep(
    { tenant, input }: StepContext<LocationAuditInput>,
    asker: string,
    more: GhlLocation[],
    complete: boolean,
  ): Promise<boolean> {
    const names = more.map(({ name }) => plainName(name));
    const kept = await this.transaction.run(tenant, (tx) =>
      tx.query(
        `UPDATE ghl_location_looks SET ids = ids || $4::text[], names = names || $5::text[], complete = $6
         WHERE agency_id = $1 AND connection_id = $2 AND asker = $3 RETURNING 1`,
        [tenant, input.connectionId, asker, more.map(({ id }) => id), names, complete],
      ),
    );
    return kept.length > 0;
  }

  /** The next run asks at once; if this is lost with the process, after the lease. */
  private async release({ tenant, input }: StepContext<LocationAuditInput>, asker: string): Promise<void> {
    await this.transaction
      .run(tenant, (tx) =>
        tx.query(
          `UPDATE ghl_location_looks SET asker = NULL, asking_until = NULL
           WHERE agency_id = $1 AND connection_id = $2 AND asker = $3`,
          [tenant, input.connectionId, asker],
        ),
      )
      .catch(() => undefined);
  }

  private get leaseMs(): number {
    return this.config.CALL_DEADLINE_MS * 1.5;
  }
}

const seen = ({ same, covered }: Row): LocationLook => ({ kind: 'seen', ids: same, covered });
