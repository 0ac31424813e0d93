import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { LiveRuns, RunViews } from '../../engine/runs/index.js';
import type { TenantId } from '../../platform/database/index.js';
import { Log } from '../../platform/logging/index.js';
import { RunPositions } from './run-positions.js';
import { RunTail } from './run-tail.js';
import type { Viewer } from './viewer.js';

/** How often watched runs are looked at without being told: other processes write lines too. */
const LOOK_MS = 1_000;

interface Watched {
  tenant: TenantId;
  tail: RunTail;
  updatedAt?: string;
}

/** The tails of all runs that are watched in this process, one each. */
@Injectable()
export class RunTails implements OnModuleInit, OnModuleDestroy {
  private readonly watched = new Map<string, Watched>();
  private moves?: Subscription;
  private timer?: NodeJS.Timeout;
  private looking = false;

  constructor(
    private readonly runs: RunViews,
    private readonly live: LiveRuns,
    private readonly positions: RunPositions,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.moves = this.live.moved$.subscribe(({ tenant, runId, changed }) => {
      const known = this.watched.get(keyOf(tenant, runId));
      known?.tail.wake();
      if (changed) known?.tail.changed();
    });
    this.timer = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  onModuleDestroy(): void {
    this.moves?.unsubscribe();
    clearInterval(this.timer);
  }

  /** Refuses an id that this agency does not have, whoever has it. Returns the last line there is now. */
  async lastSeq(tenant: TenantId, runId: string): Promise<number> {
    return (await this.runs.log(tenant, runId, { after: 0, limit: 1 })).lastSeq;
  }

  /** The viewer's agency must have the run: ask `lastSeq` first. */
  join(tenant: TenantId, runId: string, viewer: Viewer): void {
    const key = keyOf(tenant, runId);
    const known = this.watched.get(key) ?? { tenant, tail: this.tailOf(tenant, runId) };
    this.watched.set(key, known);
    known.tail.join(viewer);
  }

  leave(tenant: TenantId, runId: string, viewer: Viewer): void {
    const key = keyOf(tenant, runId);
    const known = this.watched.get(key);
    known?.tail.leave(viewer);
    if (known?.tail.isEmpty) this.watched.delete(key);
  }

  private tailOf(tenant: TenantId, runId: string): RunTail {
    const read = (after: number, limit: number) => this.runs.linesAfter(tenant, runId, after, limit);
    return new RunTail(runId, read, (error) =>
      this.log.warn('The log of a watched job could not be read; it is tried again', {
        tenantId: tenant,
        runId,
        error,
      }),
    );
  }

  private async look(): Promise<void> {
    if (this.looking || this.watched.size === 0) return;
    this.looking = true;
    try {
      for (const [tenant, runIds] of this.idsByTenant()) {
        for (const position of await this.positions.of(tenant, runIds)) {
          const known = this.watched.get(keyOf(tenant, position.runId));
          if (!known) continue;
          if (position.lastSeq > known.tail.position) known.tail.wake();
          if (known.updatedAt !== undefined && known.updatedAt !== position.updatedAt) known.tail.changed();
          known.updatedAt = position.updatedAt;
        }
      }
    } catch (error) {
      this.log.warn('Watched jobs could not be looked at; they are looked at again', { error });
    } finally {
      this.looking = false;
    }
  }

  private idsByTenant(): Map<TenantId, string[]> {
    const ids = new Map<TenantId, string[]>();
    for (const { tenant, tail } of this.watched.values()) ids.set(tenant, [...(ids.get(tenant) ?? []), tail.runId]);
    return ids;
  }
}

/** The agency is part of the name: nobody meets another agency's tail, whatever id is asked for. */
const keyOf = (tenant: TenantId, runId: string) => `${tenant}|${runId}`;
