import type { Nudge, NudgeConsumer, QueueLane, QueuePort } from './queue.port.js';

export const nudge = (runId: string, fence = 1, lane: QueueLane = 'default'): Nudge => ({ runId, fence, lane });

export async function until(holds: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds()) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await holds()).toBe(true);
}

/** A worker that writes down what it was woken for; full when told so. */
export class Listener implements NudgeConsumer {
  readonly heard: Nudge[] = [];
  private full?: { room: Promise<void>; open: () => void };

  get runs(): string[] {
    return this.heard.map(({ runId }) => runId);
  }

  async wake(nudge: Nudge): Promise<boolean> {
    this.heard.push(nudge);
    return !this.full;
  }

  room(): Promise<void> | undefined {
    return this.full?.room;
  }

  fill(): void {
    let open!: () => void;
    this.full = { room: new Promise((resolve) => (open = resolve)), open };
  }

  empty(): void {
    const full = this.full;
    this.full = undefined;
    full?.open();
  }
}

/** What every queue driver promises. */
export function describeQueueContract(name: string, makeDriver: () => Promise<QueuePort>): void {
  describe(`queue driver: ${name}`, () => {
    let driver: QueuePort;
    let listener: Listener;
    beforeEach(async () => {
      driver = await makeDriver();
      listener = new Listener();
    });
    afterEach(() => driver.stop());

    it.each(['priority', 'default', 'bulk'] as const)(
      'carries a nudge of the queue %s to the consumer',
      async (lane) => {
        await driver.consume(listener);
        driver.nudge(nudge('a', 7, lane));
        await until(() => listener.heard.length > 0);
        expect(listener.heard).toEqual([nudge('a', 7, lane)]);
      },
    );

    it('carries a later nudge of the same run, after an earlier one was settled', async () => {
      await driver.consume(listener);
      driver.nudge(nudge('a', 1));
      await until(() => listener.heard.length === 1);
      driver.nudge(nudge('a', 2));
      await until(() => listener.heard.length === 2);
    });

    it('carries the very same nudge again, after it was settled', async () => {
      await driver.consume(listener);
      for (let times = 1; times <= 3; times++) {
        await until(() => {
          driver.nudge(nudge('a'));
          return listener.heard.length >= times;
        });
      }
    });

    it('carries many nudges and keeps every run apart', async () => {
      await driver.consume(listener);
      const ids = Array.from({ length: 200 }, (_, index) => `run-${index}`);
      ids.forEach((id) => driver.nudge(nudge(id)));
      await until(() => new Set(listener.runs).size === ids.length);
    });

    it('does not throw when nobody listens', () => {
      expect(() => driver.nudge(nudge('a'))).not.toThrow();
    });

    it('is silent after stop', async () => {
      await driver.consume(listener);
      await driver.stop();
      driver.nudge(nudge('late'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(listener.heard).toEqual([]);
    });

    it('has nothing waiting in the end', async () => {
      await driver.consume(listener);
      driver.nudge(nudge('a'));
      await until(async () => {
        const depth = await driver.depth();
        return listener.heard.length > 0 && depth !== undefined && Object.values(depth).every((count) => count === 0);
      });
    });
  });
}
