import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { In } from 'typeorm';
import { isListed, LiveRuns, RunViews } from '../../engine/runs/index.js';
import { RunEntity } from '../../engine/runs/run.entity.js';
import type { JobSummary } from '../../engine/runs/runs.schema.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { Log } from '../../platform/logging/index.js';
import { RunPositions } from './run-positions.js';

export type HearJobs = (jobs: readonly JobSummary[]) => void;

const TELL_EVERY_MS = 200;
const LOOK_EVERY_MS = 1_000;
const AT_ONCE = 200;

interface WatchedAgency {
  listeners: Set<HearJobs>;
  /** Runs that moved and were not told yet. */
  moved: Set<string>;
  telling?: NodeJS.Timeout;
  /** When the open runs last changed, as they were last seen here. */
  seen?: Map<string, string>;
}

/** Tells lists of jobs what changed in their agency: gathered, and whichever process changed it. */
@Injectable()
export class JobChanges implements OnModuleInit, OnModuleDestroy {
  private readonly agencies = new Map<TenantId, WatchedAgency>();
  private moves?: Subscription;
  private timer?: NodeJS.Timeout;
  private looking = false;

  constructor(
    private readonly live: LiveRuns,
    private readonly runs: RunViews,
    private readonly positions: RunPositions,
    private readonly transaction: Transaction,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.moves = this.live.moved$.subscribe(({ tenant, runId, changed }) => {
      if (changed) this.note(tenant, [runId]);
    });
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    this.moves?.unsubscribe();
    clearInterval(this.timer);
    for (const { telling } of this.agencies.values()) clearTimeout(telling);
  }

  /** Returns the function that stops listening. */
  watch(tenant: TenantId, hear: HearJobs): () => void {
    const agency = this.agencies.get(tenant) ?? { listeners: new Set(), moved: new Set() };
    this.agencies.set(tenant, agency);
    agency.listeners.add(hear);
    return () => {
      agency.listeners.delete(hear);
      if (agency.listeners.size > 0 || this.agencies.get(tenant) !== agency) return;
      clearTimeout(agency.telling);
      this.agencies.delete(tenant);
    };
  }

  private note(tenant: TenantId, runIds: readonly string[]): void {
    const agency = this.agencies.get(tenant);
    if (!agency || runIds.length === 0) return;
    for (const runId of runIds) agency.moved.add(runId);
    agency.telling ??= setTimeout(() => void this.tell(tenant, agency), TELL_EVERY_MS);
  }

  private async tell(tenant: TenantId, agency: WatchedAgency): Promise<void> {
    const ids = [...agency.moved].slice(0, AT_ONCE);
    for (const id of ids) agency.moved.delete(id);
    agency.telling = undefined;
    try {
      const jobs = await this.summaries(tenant, ids);
      for (const hear of agency.listeners) hear(jobs);
    } catch (error) {
      this.log.warn('Changed jobs could not be read; they are read again', { tenantId: tenant, error });
      this.note(tenant, ids);
    }
    this.note(tenant, [...agency.moved]);
  }

  private summaries(tenant: TenantId, ids: readonly string[]): Promise<JobSummary[]> {
    return this.transaction.run(tenant, async (tx) => {
      const moved = await tx.manager.findBy(RunEntity, { agencyId: tenant, id: In([...ids]) });
      return this.runs.summaries(tx, moved.filter(isListed));
    });
  }

  /** What other processes changed: open runs that moved since the last look, and those that are open no more. */
  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      for (const [tenant, agency] of [...this.agencies]) {
        const open = new Map((await this.positions.open(tenant)).map((run) => [run.runId, run.updatedAt]));
        const before = agency.seen;
        agency.seen = open;
        if (!before) continue;
        const moved = [...open].filter(([id, at]) => before.get(id) !== at).map(([id]) => id);
        const ended = [...before.keys()].filter((id) => !open.has(id));
        this.note(tenant, [...moved, ...ended]);
      }
    } catch (error) {
      this.log.warn('The jobs of a watched agency could not be looked at', { error });
    } finally {
      this.looking = false;
    }
  }
}
