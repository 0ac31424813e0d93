import { describeWithRedis, startTestRedis, type TestRedis } from '../../../test/redis.js';
import { Secret } from '../crypto/secret.js';
import { createLog } from '../logging/index.js';
import { RedisConnections } from './redis-connections.js';
import { RedisHealth } from './redis-health.js';

async function until(holds: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds()) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await holds()).toBe(true);
}

function logging() {
  const said: string[] = [];
  const log = createLog('info', { write: (line: string) => void said.push(line) });
  return { log, heard: (sentence: string) => said.filter((line) => line.includes(sentence)).length, said };
}

describe('without REDIS_URL', () => {
  it('there is none, and that is no fault', async () => {
    const connections = new RedisConnections(undefined, logging().log);
    expect(await new RedisHealth(connections).state()).toBe('absent');
    expect(() => connections.commands).toThrow('REDIS_URL is not set');
  });
});

describeWithRedis('connections to Redis', () => {
  let redis: TestRedis;
  let connections: RedisConnections;
  let health: RedisHealth;
  let logs: ReturnType<typeof logging>;
  beforeEach(async () => {
    redis = await startTestRedis();
    logs = logging();
    connections = new RedisConnections(new Secret(redis.server.url), logs.log);
    health = new RedisHealth(connections);
    await until(() => health.isUp());
  });
  afterEach(async () => {
    connections.onApplicationShutdown();
    await redis.remove();
  });

  const failsWithin = async (ms: number) => {
    const begun = performance.now();
    await expect(connections.commands.get('k')).rejects.toThrow();
    expect(performance.now() - begun).toBeLessThan(ms);
  };

  it('are waited for by the first question of a process', async () => {
    const fresh = new RedisConnections(new Secret(redis.server.url), logs.log);
    expect(await new RedisHealth(fresh).state()).toBe('up');
    fresh.onApplicationShutdown();
  });

  it('fail commands at once while Redis is away, and work again when it is back', async () => {
    await redis.server.kill('SIGKILL');
    await until(() => connections.commands.status !== 'ready');
    await failsWithin(300);
    expect(await health.state()).toBe('down');
    await redis.server.launch({ empty: true });
    await until(() => health.isUp());
  });

  it('fail a command within two seconds while Redis is frozen, and later ones at once', async () => {
    await redis.server.kill('SIGSTOP');
    await failsWithin(2_000);
    await until(() => connections.commands.status !== 'ready');
    await failsWithin(300);
    await redis.server.kill('SIGCONT');
    await until(() => health.isUp());
  });

  it('tell of one outage once, whatever the number of connections', async () => {
    const others = [connections.subscriber('one'), connections.subscriber('two')];
    await until(() => others.every((each) => each.status === 'ready'));
    await redis.server.kill('SIGKILL');
    await until(() => logs.heard('Redis is away') > 0);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await redis.server.launch();
    await until(() => logs.heard('Redis is back') > 0);
    expect([logs.heard('Redis is away'), logs.heard('Redis is back')]).toEqual([1, 1]);
  });

  it('listen again to what they listened to, after Redis lost everything', async () => {
    const listener = connections.subscriber('listener');
    const heard: string[] = [];
    listener.on('message', (_channel, message) => heard.push(message));
    await listener.subscribe('news');
    await redis.server.kill('SIGKILL');
    await redis.server.launch({ empty: true });
    await until(async () => {
      await connections.commands.publish('news', 'again').catch(() => undefined);
      return heard.includes('again');
    });
  });

  it('keep what Redis held over a kill, unless it is to be empty', async () => {
    await connections.commands.set('k', 'kept');
    await redis.server.kill('SIGKILL');
    await redis.server.launch();
    await until(() => health.isUp());
    expect(await connections.commands.get('k')).toBe('kept');
  });
});
