import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import type { Server } from 'socket.io';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { AppError } from '../../platform/errors/index.js';
import { Drain, type Principal } from '../../platform/http/index.js';
import { Log } from '../../platform/logging/index.js';
import { BatchChanges } from '../batches/index.js';
import { AuthenticationService } from '../identity/index.js';
import { EventBudget } from './event-budget.js';
import { EventStream } from './event-stream.js';
import { JobChanges } from './job-changes.js';
import { LiveSessions } from './live-sessions.js';
import { LiveRuns } from '../../engine/runs/index.js';
import type { UnwatchRun, WatchRun } from './realtime.schema.js';
import { RunTails } from './run-tails.js';
import { type LiveSocket, socketAudience, SocketViewer } from './socket-viewer.js';
import type { Audience } from './viewer.js';

const RUNS_PER_SOCKET = 50;

/** Lets people watch jobs over sockets and streams: who may, for how long, and until when. */
@Injectable()
export class RealtimeService implements OnModuleInit, OnModuleDestroy {
  private readonly sockets = new Set<LiveSocket>();
  private readonly streams = new Set<EventStream>();
  private audience!: Audience;
  private stops?: Subscription;

  constructor(
    private readonly tails: RunTails,
    private readonly jobs: JobChanges,
    private readonly batches: BatchChanges,
    private readonly live: LiveRuns,
    private readonly sessions: LiveSessions,
    private readonly authentication: AuthenticationService,
    private readonly drain: Drain,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.stops = this.drain.stop$.subscribe(() => this.sendAway());
  }

  onModuleDestroy(): void {
    this.stops?.unsubscribe();
  }

  /** Nobody is connected before it is known who that is; a connection that was recovered is asked again. */
  guard(server: Server): void {
    this.audience = socketAudience(server);
    this.live.hearOthers();
    this.sessions.shareWith(server);
    server.use((socket, next) => {
      this.authentication
        .authenticateHandshake(socket.handshake.headers)
        .then((principal) => {
          if (!principal?.permissions.has('jobs.read')) return next(new Error('unauthenticated'));
          Object.assign(socket.data, { principal, runs: new Map() } satisfies LiveSocket['data']);
          return next();
        })
        .catch((error: unknown) => {
          this.log.warn('A live connection could not be authenticated', { error });
          next(new Error('unavailable'));
        });
    });
  }

  admit(socket: LiveSocket): void {
    if (this.drain.isDraining) return void socket.disconnect(true);
    this.sockets.add(socket);
    const stopWatching = this.sessions.watch(socket.data.principal, () => socket.disconnect(true));
    socket.use(limited(socket));
    socket.once('disconnect', () => {
      this.sockets.delete(socket);
      stopWatching();
      for (const runId of [...socket.data.runs.keys()]) this.unwatchRun(socket, { runId });
    });
  }

  /** Watching again means: from this line on, whatever was sent before. */
  async watchRun(socket: LiveSocket, { runId, after }: WatchRun): Promise<{ ok: true; lastSeq: number }> {
    const { principal, runs } = socket.data;
    if (!runs.has(runId) && runs.size >= RUNS_PER_SOCKET)
      throw new AppError('conflict', 'too-many-watched', `One connection watches at most ${RUNS_PER_SOCKET} jobs.`);
    const lastSeq = await this.tails.lastSeq(principal.tenant, runId);
    this.unwatchRun(socket, { runId });
    if (!socket.connected) return { ok: true, lastSeq };
    const viewer = new SocketViewer(socket, this.audience, Math.min(after, lastSeq));
    runs.set(runId, viewer);
    this.tails.join(principal.tenant, runId, viewer);
    return { ok: true, lastSeq };
  }

  unwatchRun({ data }: LiveSocket, { runId }: UnwatchRun): { ok: true } {
    const viewer = data.runs.get(runId);
    if (viewer) this.tails.leave(data.principal.tenant, runId, viewer);
    data.runs.delete(runId);
    return { ok: true };
  }

  watchJobs(socket: LiveSocket): { ok: true } {
    if (socket.data.watchesJobs) return { ok: true };
    socket.data.watchesJobs = true;
    const stop = this.jobs.watch(socket.data.principal.tenant, (jobs) => {
      if (new SocketViewer(socket, this.audience, 0).hasRoom()) socket.emit('jobs:changed', { jobs });
    });
    socket.once('disconnect', stop);
    return { ok: true };
  }

  /** Which batches changed, and nothing of what they hold: whoever hears it reads them. */
  watchBatches(socket: LiveSocket): { ok: true } {
    if (socket.data.watchesBatches) return { ok: true };
    socket.data.watchesBatches = true;
    const stop = this.batches.watch(socket.data.principal.tenant, (ids) => socket.emit('batches:changed', { ids }));
    socket.once('disconnect', stop);
    return { ok: true };
  }

  /** The same log as server-sent events, from the line after `after`. */
  async follow(principal: Principal, runId: string, after: number): Promise<EventStream> {
    const lastSeq = await this.tails.lastSeq(principal.tenant, runId);
    const stream = new EventStream(Math.min(after, lastSeq), () => {
      stopWatching();
      this.streams.delete(stream);
      this.tails.leave(principal.tenant, runId, stream);
    });
    const stopWatching = this.sessions.watch(principal, () => stream.finish());
    this.streams.add(stream);
    this.tails.join(principal.tenant, runId, stream);
    return stream;
  }

  /** Streams end at once; sockets over some time, so that not all of them knock at the next process together. */
  private sendAway(): void {
    for (const stream of [...this.streams]) stream.finish();
    const spreadMs = Math.min(5_000, this.config.DRAIN_MS / 5);
    for (const socket of this.sockets) {
      socket.emit('moving');
      setTimeout(() => socket.disconnect(true), Math.random() * spreadMs);
    }
  }
}

/** Refused events are answered, so that an honest client can slow down; a flood is cut. */
function limited(socket: LiveSocket) {
  const budget = new EventBudget();
  return ([, ...args]: unknown[], next: () => void): void => {
    const verdict = budget.spend();
    if (verdict === 'allowed') return next();
    const answer = args.at(-1);
    if (typeof answer === 'function') answer({ ok: false, code: 'too-many-requests', detail: 'Slow down.' });
    if (verdict === 'abusive') socket.disconnect(true);
  };
}
