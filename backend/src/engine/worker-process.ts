import { Injectable } from '@nestjs/common';
import { Inbox } from './events/inbox.js';
import { Relay } from './events/relay.js';
import { RunSweeper } from './runs/run-sweeper.js';
import { RunWorker } from './runs/run-worker.js';
import { Schedules } from './schedules/schedules.js';

/** What a process does besides listening, when it is a worker. Started by the mains that want it, never by a module. */
@Injectable()
export class WorkerProcess {
  private started = false;

  constructor(
    private readonly worker: RunWorker,
    private readonly sweeper: RunSweeper,
    private readonly relay: Relay,
    private readonly inbox: Inbox,
    private readonly schedules: Schedules,
  ) {}

  async start(): Promise<void> {
    if (this.started) return;
    this.started = true;
    this.relay.start();
    this.inbox.start();
    this.schedules.start();
    this.sweeper.start();
    await this.worker.start();
  }

  /** No new work first, then what is in hand, then what tells about it. */
  async stop(): Promise<void> {
    if (!this.started) return;
    this.started = false;
    this.schedules.stop();
    this.sweeper.stop();
    await this.worker.stop();
    await this.inbox.stop();
    await this.relay.stop();
  }
}
