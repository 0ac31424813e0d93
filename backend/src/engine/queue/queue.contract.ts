import type { Nudge, QueuePort } from './queue.port.js';

const nudge = (runId: string, fence = 1): Nudge => ({ runId, fence, lane: 'default' });

async function until(holds: () => boolean, withinMs = 3_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!holds() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(holds()).toBe(true);
}

/** What every queue driver promises. */
export function describeQueueContract(name: string, makeDriver: () => Promise<QueuePort>): void {
  describe(`queue driver: ${name}`, () => {
    let driver: QueuePort;
    let heard: string[];
    beforeEach(async () => {
      driver = await makeDriver();
      heard = [];
    });
    afterEach(() => driver.stop());

    it('carries a nudge to the consumer', async () => {
      await driver.consume(({ runId }) => heard.push(runId));
      driver.nudge(nudge('a'));
      await until(() => heard.includes('a'));
    });

    it('carries a later nudge of the same run, after an earlier one was settled', async () => {
      await driver.consume(({ runId }) => heard.push(runId));
      driver.nudge(nudge('a', 1));
      await until(() => heard.length === 1);
      driver.nudge(nudge('a', 2));
      await until(() => heard.length === 2);
    });

    it('carries many nudges and keeps every run apart', async () => {
      await driver.consume(({ runId }) => heard.push(runId));
      const ids = Array.from({ length: 200 }, (_, index) => `run-${index}`);
      ids.forEach((id) => driver.nudge(nudge(id)));
      await until(() => new Set(heard).size === ids.length);
    });

    it('does not throw when nobody listens', () => {
      expect(() => driver.nudge(nudge('a'))).not.toThrow();
    });

    it('is silent after stop', async () => {
      await driver.consume(({ runId }) => heard.push(runId));
      await driver.stop();
      driver.nudge(nudge('late'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(heard).toEqual([]);
    });
  });
}
