import { computed, DestroyRef, inject, Service, signal } from '@angular/core';
import type { Socket } from 'socket.io-client';
import type { JobSummary, LogLine } from '../api/models';

export interface LiveEvents {
  'run:lines': { runId: string; lines: LogLine[] };
  'run:changed': { runId: string };
  'jobs:changed': { jobs: JobSummary[] };
  'batches:changed': { ids: string[] };
}

const REFUSED_PAUSE_MS = 5_000;

type LiveState = 'idle' | 'connecting' | 'connected' | 'lost';

/**
 * The one socket of the console. It may drop at any time: whoever listens keeps its own cursor and says again
 * what it watches each time `connections` goes up.
 */
@Service()
export class LiveSocket {
  private socket: Promise<Socket> | undefined;
  private readonly current = signal<LiveState>('idle');
  private readonly opened = signal(0);

  readonly state = this.current.asReadonly();
  readonly connected = computed(() => this.current() === 'connected');
  /** Number of times a connection was made. A change means: everything watched has to be asked for again. */
  readonly connections = this.opened.asReadonly();

  constructor() {
    inject(DestroyRef).onDestroy(() => this.close());
  }

  open(): void {
    this.socket ??= this.connect();
  }

  close(): void {
    void this.socket?.then((socket) => socket.disconnect());
    this.socket = undefined;
    this.current.set('idle');
  }

  emit(event: string, body: object): void {
    void this.socket?.then((socket) => {
      // Buffered sends would repeat stale cursors after a reconnect; the watcher asks anew instead.
      if (socket.connected) socket.emit(event, body);
    });
  }

  /** Returns the function that stops listening. */
  on<Name extends keyof LiveEvents>(event: Name, listener: (body: LiveEvents[Name]) => void): () => void {
    this.open();
    const opened = this.socket;
    const call = listener as (body: unknown) => void;
    void opened?.then((socket) => socket.on(event as string, call));
    return () => void opened?.then((socket) => socket.off(event as string, call));
  }

  private async connect(): Promise<Socket> {
    this.current.set('connecting');
    const { io } = await import('socket.io-client');
    const socket = io({
      path: '/socket.io',
      withCredentials: true,
      // One connection and not several requests, so that it does not matter which api process answers.
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 15_000,
      randomizationFactor: 0.5,
    });
    socket.on('connect', () => {
      this.current.set('connected');
      this.opened.update((count) => count + 1);
    });
    socket.on('connect_error', () => {
      this.current.set('lost');
      // Refused by the server rather than not reached: the client gives up, although the reason may pass.
      if (!socket.active) setTimeout(() => this.socket && socket.connect(), REFUSED_PAUSE_MS * (1 + Math.random()));
    });
    socket.on('disconnect', (reason) => {
      this.current.set('lost');
      // The client does not come back by itself when the server closed the socket, as it does when it restarts.
      if (reason === 'io server disconnect')
        setTimeout(() => this.socket && socket.connect(), 500 + Math.random() * 1_500);
    });
    return socket;
  }
}
