import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { redisServerFile } from './redis-server.js';

const isRequired = (process.env.SWITCHYARD_REQUIRE ?? '').split(',').includes('redis');
const withinMs = 20 * 60_000;

/** Each fault once in each mode, with a seed that is printed; `npm run chaos` is the long form. */
describe('the fault suite, quick', () => {
  const nothingIsBroken = async (...modes: string[]) => {
    const suite = spawn(process.execPath, ['e2e/chaos/chaos.mjs', '--quick', ...modes], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    expect(await once(suite, 'exit')).toEqual([0, null]);
  };

  if (redisServerFile) it('one process that does all, and a cluster', () => nothingIsBroken(), withinMs);
  else {
    it('one process that does all', () => nothingIsBroken('--mode', 'embedded'), withinMs);
    if (isRequired) it('a cluster', () => Promise.reject(new Error('redis-server is required and was not found.')));
    else it.skip('a cluster (skipped: no redis-server on this machine)', () => undefined);
  }
});
