import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRedisServerThere, RedisServer } from '../src/platform/redis/redis-server.js';

const required = (process.env['SWITCHYARD_REQUIRE'] ?? '').split(',').includes('redis');

/** `describe` where there is a redis-server; skipped, and named as such, where there is none; an error where one is required. */
export function describeWithRedis(name: string, stories: () => void): void {
  if (isRedisServerThere()) describe(name, stories);
  else if (required)
    describe(name, () =>
      it('needs redis-server', () => Promise.reject(new Error('redis-server is required and was not found.'))),
    );
  else describe.skip(`${name} (skipped: no redis-server on this machine)`, stories);
}

export interface TestRedis {
  readonly server: RedisServer;
  remove(): Promise<void>;
}

/** A real redis-server of this spec's own. */
export async function startTestRedis(): Promise<TestRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-redis-'));
  const server = await RedisServer.start(directory);
  const remove = async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { server, remove };
}
