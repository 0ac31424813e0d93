import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterProcess } from './cluster-process.js';

const firstPauseMs = 500;
const longestPauseMs = 15_000;
/** One that lived this long did not die of its start. */
const healthyAfterMs = 30_000;

/** Starts a process that ended by itself again, and waits longer each time when it ends soon. */
export class KeepRunning {
  private readonly over = new AbortController();

  constructor(private readonly say: (line: string) => void) {}

  async watch(kept: ClusterProcess): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!this.over.signal.aborted) {
      const since = performance.now();
      const how = await kept.ended;
      if (this.over.signal.aborted || kept.wasAskedToEnd) return;
      if (performance.now() - since > healthyAfterMs) pauseMs = firstPauseMs;
      this.say(`${kept.name} ${how}; it is started again in ${pauseMs / 1000} s. Its log is ${kept.logFile}`);
      await pause(pauseMs, undefined, { signal: this.over.signal }).catch(() => undefined);
      if (this.over.signal.aborted) return;
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      kept.launch();
      void kept.ready().then(
        () => this.say(`${kept.name} is there again, with pid ${kept.pid}`),
        () => undefined, // it ended once more, which is told above
      );
    }
  }

  stop(): void {
    this.over.abort();
  }
}
