import { Controller, Get, Module } from '@nestjs/common';
import { z } from 'zod';
import { describeWithRedis, startTestRedis, type TestRedis } from '../../../test/redis.js';
import { type SmallApp, startSmallApp } from '../../../test/small-app.js';
import { Public, Returns } from '../../platform/http/index.js';
import { RedisHealth } from '../../platform/redis/index.js';

jest.setTimeout(60_000);

const Word = z.object({ word: z.string() });

@Controller('words')
class WordsController {
  @Get()
  @Public('a test')
  @Returns(200, Word)
  getWord() {
    return { word: 'counted' };
  }
}
@Module({ controllers: [WordsController] })
class WordsModule {}

describeWithRedis('limits over two processes', () => {
  let redis: TestRedis;
  let both: [SmallApp, SmallApp];
  beforeEach(async () => {
    redis = await startTestRedis();
    const env = { REDIS_URL: redis.server.url, REQUESTS_PER_MINUTE: '100' };
    const first = await startSmallApp({ modules: [WordsModule], env });
    both = [first, await startSmallApp({ modules: [WordsModule], env, database: first.database })];
    for (const { app } of both) await until(() => app.get(RedisHealth).isUp());
  });
  afterEach(async () => {
    await both[1].close();
    await both[0].close();
    await redis.remove();
  });

  const ask = (process: number, who: string) =>
    both[process].inject({ method: 'GET', url: '/api/words', headers: { authorization: `Bearer ${who}` } });
  const signIn = (process: number) =>
    both[process].inject({
      method: 'POST',
      url: '/api/session',
      headers: { origin: 'http://localhost:3000' },
      payload: { email: 'nobody@example.com', password: 'a guess of twelve or more' },
    });
  const statuses = async (times: number, act: (process: number) => ReturnType<typeof ask>) => {
    const seen: number[] = [];
    for (let time = 0; time < times; time++) seen.push((await act(time % 2)).statusCode);
    return seen;
  };
  const count = (seen: number[], status: number) => seen.filter((each) => each === status).length;

  it('count requests together, whichever process is asked, and say what is left of both', async () => {
    const seen = await statuses(160, (process) => ask(process, 'me'));
    expect(count(seen, 200)).toBe(100);
    expect(count(seen, 429)).toBe(60);
    expect((await ask(0, 'another')).headers['x-ratelimit-remaining']).toBe('99');
    expect((await ask(1, 'another')).headers['x-ratelimit-remaining']).toBe('98');
    const refused = await ask(1, 'me');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  it('count each for itself while Redis is away, and nobody waits for it more than once', async () => {
    await redis.server.kill('SIGSTOP'); // the worst way to be away: it takes what is sent and never answers
    const begun = performance.now();
    expect(await statuses(2, (process) => ask(process, 'me'))).toEqual([200, 200]);
    expect(performance.now() - begun).toBeLessThan(2 * 2_000);
    const seen = await statuses(240, (process) => ask(process, 'me'));
    expect(count(seen, 200)).toBe(198);
    expect(performance.now() - begun).toBeLessThan(20_000);
    await redis.server.kill('SIGCONT');
  });

  it('of signing in hold over both processes, also without Redis', async () => {
    await redis.server.kill('SIGKILL');
    const seen = await statuses(14, signIn);
    expect(seen.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(count(seen.slice(10), 429)).toBeGreaterThanOrEqual(3);
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
