import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Outbox } from '../../engine/events/outbox.js';
import { Relay } from '../../engine/events/relay.js';
import { RunsService } from '../../engine/runs/index.js';
import type { GhlAdmission, GhlBreaker } from '../../integrations/ghl/index.js';
import { Clock, Ids } from '../../platform/clock/clock.js';
import { type Config, CONFIG } from '../../platform/config/index.js';
import { type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { type AppError, breakerOpen } from '../../platform/errors/index.js';
import { Log } from '../../platform/logging/index.js';
import { type BreakerCause, type BreakerRow, type BreakerRules, BreakerStore, type Guarded } from './breaker-store.js';
import { laneOf } from './lane-of.js';

/** A process that calls knows what another one did after this time. */
const knownForMs = 800;
/** Room for a probe to wait for its slot and to be settled after its deadline. */
const probeMarginMs = 15_000;

interface Known {
  row: BreakerRow;
  /** By the monotonic clock. */
  probeAt: number;
}

/**
 * A circuit breaker for each connection and group of endpoints, one for all processes: rows in Postgres, read by each process
 * once a second while it calls. While all is well a call costs no round trip; a failure is written, and one that cannot be
 * written is not counted: a breaker spares HighLevel and our runs, but no promise depends on it.
 */
@Injectable()
export class Breakers implements OnModuleInit {
  private known = new Map<string, Known>();
  private readAt = Number.NEGATIVE_INFINITY;
  private reading?: Promise<void>;
  private readonly rules: BreakerRules;

  constructor(
    private readonly store: BreakerStore,
    private readonly transaction: Transaction,
    private readonly outbox: Outbox,
    private readonly relay: Relay,
    private readonly runs: RunsService,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.rules = {
      failures: config.BREAKER_FAILURES,
      windowMs: config.BREAKER_WINDOW,
      pauseMs: config.BREAKER_PAUSE,
    };
  }

  /** Those that a closed breaker held back go on, one after the other, when every process knows that it is closed. */
  onModuleInit(): void {
    this.relay.on('ghl.breaker-closed', async ({ tenant, payload }) => {
      const lane = laneOf(payload['connectionId'] as string);
      await this.transaction.run(tenant, (tx) => this.runs.wakeHeldBack(tx, lane, knownForMs));
    });
  }

  of(tenant: TenantId, connectionId: string): GhlBreaker {
    return {
      check: (group) => this.check({ tenant, connectionId, group }),
      admit: (group) => this.admit({ tenant, connectionId, group }),
    };
  }

  private async check(guarded: Guarded): Promise<void> {
    const known = await this.read(guarded);
    if (known && known.probeAt > this.clock.monotonic()) throw this.refusal(known);
  }

  private async admit(guarded: Guarded): Promise<GhlAdmission> {
    const known = await this.read(guarded);
    if (!known) return { settle: (fate, failure) => this.settled(guarded, fate === 'lost' ? failure : undefined) };
    if (known.probeAt > this.clock.monotonic()) throw this.refusal(known);
    const probeId = this.ids.next();
    const mayTry = await this.transaction.run(guarded.tenant, (tx) =>
      this.store.takeProbe(tx, guarded, probeId, this.config.CALL_DEADLINE_MS + probeMarginMs),
    );
    // Whoever was quicker has changed what is known here.
    this.forget();
    if (!mayTry) {
      const now = await this.read(guarded);
      if (now) throw this.refusal(now);
      return this.admit(guarded);
    }
    this.log.info('One call tries whether HighLevel answers again', factsOf(guarded));
    return {
      settle: (fate, failure) =>
        this.safely(guarded, (tx) =>
          fate === 'answered'
            ? this.close(tx, guarded, probeId)
            : this.store.reopen(
                tx,
                guarded,
                probeId,
                this.rules.pauseMs * 8,
                fate === 'lost' ? causeOf(failure!) : undefined,
              ),
        ),
    };
  }

  private async settled(guarded: Guarded, failure: AppError | undefined): Promise<void> {
    if (failure) await this.safely(guarded, (tx) => this.count(tx, guarded, causeOf(failure)));
  }

  private async count(tx: Tx, guarded: Guarded, cause: BreakerCause): Promise<void> {
    if (!(await this.store.failed(tx, guarded, cause, this.rules))) return;
    const { connectionId, group } = guarded;
    await this.outbox.tell(tx, { type: 'ghl.breaker-opened', payload: { connectionId, group, cause } });
    tx.afterCommit(() =>
      this.log.warn('HighLevel keeps failing; its calls are held back', { ...factsOf(guarded), code: cause.code }),
    );
  }

  private async close(tx: Tx, guarded: Guarded, probeId: string): Promise<void> {
    if (!(await this.store.close(tx, guarded, probeId))) return;
    const { connectionId, group } = guarded;
    await this.outbox.tell(tx, { type: 'ghl.breaker-closed', payload: { connectionId, group } });
    tx.afterCommit(() => this.log.info('HighLevel answers again; its calls are let through', factsOf(guarded)));
  }

  /** What became of a call is not changed by a breaker that cannot be written. */
  private async safely(guarded: Guarded, act: (tx: Tx) => Promise<void>): Promise<void> {
    try {
      await this.transaction.run(guarded.tenant, act);
    } catch (error) {
      this.log.warn('A circuit breaker could not be written', { ...factsOf(guarded), error });
    }
    this.forget();
  }

  private async read(guarded: Guarded): Promise<Known | undefined> {
    while (this.clock.monotonic() - this.readAt > knownForMs) await (this.reading ??= this.readAll());
    return this.known.get(keyOf(guarded));
  }

  /** What is being read may be older than what was just written. */
  private forget(): void {
    this.readAt = Number.NEGATIVE_INFINITY;
    this.reading = undefined;
  }

  /** A database that is away for a moment leaves what was known. */
  private readAll(): Promise<void> {
    const askedAt = this.clock.monotonic();
    const reading = this.store
      .notClosed()
      .then((rows) => new Map(rows.map((row) => [keyOfRow(row), { row, probeAt: askedAt + row.probe_in_ms }])))
      .catch((error: unknown) => {
        this.log.warn('The circuit breakers could not be read', { error });
        return this.known;
      })
      .then((known) => {
        if (this.reading !== reading) return;
        this.known = known;
        this.readAt = this.clock.monotonic();
        this.reading = undefined;
      });
    return reading;
  }

  private refusal({ row, probeAt }: Known): AppError {
    const soonest = row.pause_ms / 5;
    const untilProbe = row.state === 'open' ? probeAt - this.clock.monotonic() : row.pause_ms / 2;
    return breakerOpen(
      'HighLevel keeps failing, so it is not asked for now. Nothing was sent; try again in a moment.',
      {
        retryAfterMs: Math.round(Math.max(soonest, untilProbe)),
        crowd: row.waiting,
        evidence: { sent: false, part: row.endpoint_group, since: row.opened_at.toISOString(), cause: row.cause },
      },
    );
  }
}

const causeOf = ({ code, detail }: AppError): BreakerCause => ({ code, detail });
const keyOf = ({ tenant, connectionId, group }: { tenant: string; connectionId: string; group: string }) =>
  `${tenant}/${connectionId}/${group}`;
const keyOfRow = ({ agency_id, connection_id, endpoint_group }: BreakerRow) =>
  keyOf({ tenant: agency_id, connectionId: connection_id, group: endpoint_group });
const factsOf = ({ tenant, connectionId, group }: Guarded) => ({ tenantId: tenant, connectionId, part: group });
