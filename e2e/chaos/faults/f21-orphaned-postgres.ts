import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endAbandonedPostgres } from '../../../backend/src/platform/database/embedded-postgres.js';
import { type Fault, slack } from '../fault.js';
import { anyFreePort } from '../../../backend/src/platform/free-port.js';
import { ProductProcess } from '../product-process.js';

const kills = 3;
const readyWithinMs = 15_000 * slack;

/** `npm start` brings its own Postgres, which outlives a kill -9 of its parent. The next start has to deal with it. */
export const f21: Fault = {
  id: 'F21',
  title: 'Killed with a Postgres of its own, which is left without a parent',
  holds: 'the next start deals with what was left by itself; a second start beside a living one is refused',
  modes: ['embedded'],
  async run(on) {
    const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-chaos-own-'));
    // Postgres runs as another account when we are root, and must be able to enter.
    chmodSync(dataDir, 0o755);
    const env = { DATA_DIR: dataDir, GHL_SIMULATOR_SPEED: '50' };
    const one = async (name: string) =>
      new ProductProcess(
        'embedded',
        name,
        await anyFreePort(),
        env,
        join(on.world.directory, `${on.name}-${name}.log`),
      );
    const product = await one('own');
    try {
      await product.start();
      for (let kill = 0; kill < kills; kill++) {
        await on.random.pause(0, 800);
        await on.kill([product]);
        if (on.random.next() < 0.5) await killWhileStarting(product, on.random.between(50, 2_000));
        const began = performance.now();
        await product.start();
        const ms = Math.round(performance.now() - began);
        on.expect(ms < readyWithinMs, 'ready in time', ms);
      }
      const second = await one('second');
      second.launch();
      const end = await second.end;
      on.expect(end.code === 2 && second.log().includes('already'), 'a second one is refused', end);
      on.expect(await product.isReady(), 'the first one is not disturbed');
    } finally {
      await product.stop('SIGTERM');
      await endAbandonedPostgres(dataDir, () => undefined);
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
};

async function killWhileStarting(product: ProductProcess, afterMs: number): Promise<void> {
  product.launch();
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await product.kill();
}
