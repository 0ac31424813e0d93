import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { redisServerFile } from './redis-server.js';

const isRequired = (process.env.SWITCHYARD_REQUIRE ?? '').split(',').includes('redis');

/** Each fault once in each mode, with a seed that is printed; `npm run chaos` is the long form. */
describe('the fault suite, quick', () => {
  const nothingIsBroken = async (mode: string) => {
    const args = ['e2e/chaos/chaos.mjs', '--quick', '--mode', mode];
    const suite = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    expect(await once(suite, 'exit')).toEqual([0, null]);
  };
  const minutes = 10 * 60_000;

  it('one process that does all', () => nothingIsBroken('embedded'), minutes);

  if (redisServerFile) it('a cluster', () => nothingIsBroken('cluster'), minutes);
  else if (isRequired) it('a cluster', () => Promise.reject(new Error('redis-server is required and was not found.')));
  else it.skip('a cluster (skipped: no redis-server on this machine)', () => undefined);
});
