import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Principal } from '../../platform/http/index.js';
import { Log } from '../../platform/logging/index.js';
import { AuthenticationService } from '../identity/index.js';

const CHECK_MS = 3_000;

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

  constructor(
    private readonly authentication: AuthenticationService,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.check(), CHECK_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
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
    if (this.checking) return;
    this.checking = true;
    try {
      for (const { principal, ends } of [...this.watched.values()]) {
        if (!(await this.authentication.stillValid(principal))) for (const end of [...ends]) end();
      }
    } catch (error) {
      this.log.warn('Open connections could not be checked; they are checked again', { error });
    } finally {
      this.checking = false;
    }
  }
}
