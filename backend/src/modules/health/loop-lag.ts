import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';

const EVERY_MS = 500;

/** How late this process is for its own appointments. */
@Injectable()
export class LoopLag implements OnModuleInit, OnModuleDestroy {
  private timer?: NodeJS.Timeout;
  private beatAt = performance.now();
  private last = 0;

  onModuleInit(): void {
    this.timer = setInterval(() => this.beat(), EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** The worse of the last beat and the one that is due. */
  get ms(): number {
    return Math.max(this.last, this.overdue());
  }

  private beat(): void {
    this.last = this.overdue();
    this.beatAt = performance.now();
  }

  private overdue(): number {
    return Math.max(0, performance.now() - this.beatAt - EVERY_MS);
  }
}
