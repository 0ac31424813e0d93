import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import type { Server } from 'socket.io';
import type { Principal } from '../../platform/http/index.js';
import { Log } from '../../platform/logging/index.js';
import { RedisConnections } from '../../platform/redis/index.js';
import { AccessChanges, AuthenticationService } from '../identity/index.js';

const CHECK_MS = 3_000;
/** Between api processes, over the sockets' own adapter. */
const ACCESS_CHANGED = 'access-changed';

interface Watched {
  principal: Principal;
  ends: Set<() => void>;
}

/** Connections outlive the request that opened them; what they were opened with may not. Asked once for all of a session. */
@Injectable()
export class LiveSessions implements OnModuleInit, OnModuleDestroy {
  private readonly watched = new Map<string, Watched>();
  private timer?: NodeJS.Timeout;
  private checking = false;
  private checkAgain = false;
  private changes?: Subscription;

  constructor(
    private readonly authentication: AuthenticationService,
    private readonly changed: AccessChanges,
    private readonly redis: RedisConnections,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.check(), CHECK_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.changes?.unsubscribe();
  }

  /** When somebody's access changed in one process, all of them check their connections at once. */
  shareWith(server: Server): void {
    server.on(ACCESS_CHANGED, () => void this.check());
    this.changes = this.changed.changed$.subscribe(() => {
      if (this.redis.isConfigured) server.serverSideEmit(ACCESS_CHANGED);
      void this.check();
    });
  }

  /** Calls `end` once the session or key is no longer good. Returns the function that stops watching. */
  watch(principal: Principal, end: () => void): () => void {
    const key = [principal.tenant, principal.actor, principal.sessionId, principal.role].join('|');
    const known = this.watched.get(key) ?? { principal, ends: new Set() };
    this.watched.set(key, known);
    known.ends.add(end);
    return () => {
      known.ends.delete(end);
      if (known.ends.size === 0 && this.watched.get(key) === known) this.watched.delete(key);
    };
  }

  private async check(): Promise<void> {
    this.checkAgain = true;
    if (this.checking) return;
    this.checking = true;
    try {
      while (this.checkAgain) {
        this.checkAgain = false;
        for (const { principal, ends } of [...this.watched.values()])
          if (!(await this.authentication.stillValid(principal))) for (const end of [...ends]) end();
      }
    } catch (error) {
      this.log.warn('Open connections could not be checked; they are checked again', { error });
    } finally {
      this.checking = false;
    }
  }
}
