import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Global, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { describeWithRedis, startTestRedis, type TestRedis } from '../../../test/redis.js';
import { Secret } from '../../platform/crypto/secret.js';
import { createLog, Log } from '../../platform/logging/index.js';
import { RedisConnections } from '../../platform/redis/index.js';
import { bullQueues } from './bull.driver.js';
import { describeQueueContract, Listener, nudge, until } from './queue.contract.js';
import { QueuePort } from './queue.port.js';

jest.setTimeout(60_000);
/** A busy machine lets a command time out; then Bull finds the job again by its stall check, after two rounds of it. */
const patientMs = 30_000;
const quiet = createLog('error', { write: () => undefined });

describeWithRedis('Bull', () => {
  let redis: TestRedis;
  let started: TestingModule[] = [];
  beforeAll(async () => {
    redis = await startTestRedis();
  });
  afterAll(() => redis.remove());
  afterEach(async () => {
    for (const each of started) await each.close();
    started = [];
  });

  const connectionsOf = (module: TestingModule) => module.get(RedisConnections, { strict: false });
  const commands = () => connectionsOf(started[0]).commands;

  /** What one process has of it. */
  const startProcess = async (url = redis.server.url) => {
    @Global()
    @Module({
      providers: [
        { provide: Log, useValue: quiet },
        { provide: RedisConnections, useFactory: () => new RedisConnections(new Secret(url), quiet) },
      ],
      exports: [Log, RedisConnections],
    })
    class Platform {}
    const module = await Test.createTestingModule({ imports: [Platform, bullQueues()] }).compile();
    await module.init();
    started.push(module);
    return module.get(QueuePort, { strict: false });
  };
  const aDriver = async () => {
    const driver = await startProcess();
    await until(
      async () =>
        (await commands()
          .flushall()
          .catch(() => '')) === 'OK',
    );
    await until(async () => (await driver.depth()) !== undefined);
    return driver;
  };

  describeQueueContract('Bull', aDriver);

  /** On a busy machine Redis may be too late for one of them, and then it is dropped. The same one is kept once. */
  const nudgeUntilOneWaits = (driver: QueuePort) =>
    until(async () => {
      driver.nudge(nudge('a'));
      return (await driver.depth())?.default === 1;
    }, patientMs);

  /** Rings with ever new fences, as the sweeper does, until somebody hears. */
  const isHeardAgain = (driver: QueuePort, listener: Listener, runId: string, withinMs = 10_000) => {
    let fence = 0;
    return until(async () => {
      driver.nudge(nudge(runId, ++fence));
      await new Promise((resolve) => setTimeout(resolve, 50));
      return listener.runs.includes(runId);
    }, withinMs);
  };

  describe('when Redis fails, takes nudges again within ten seconds in every process', () => {
    let driver: QueuePort;
    let listeners: Listener[];
    beforeEach(async () => {
      driver = await aDriver();
      listeners = [new Listener(), new Listener()];
      const workers = [await startProcess(), await startProcess()];
      await Promise.all(workers.map((worker, at) => worker.consume(listeners[at])));
      for (const [at, listener] of listeners.entries()) await isHeardAgain(driver, listener, `before-${at}`);
    });
    const allHearAgain = async () => {
      for (const [at, listener] of listeners.entries()) await isHeardAgain(driver, listener, `after-${at}`);
    };

    it('after it was killed and came back empty', async () => {
      await redis.server.kill('SIGKILL');
      expect(() => driver.nudge(nudge('lost'))).not.toThrow();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await redis.server.launch({ empty: true });
      await allHearAgain();
    });

    it('after it was killed and came back with old jobs', async () => {
      await redis.server.kill('SIGKILL');
      await redis.server.launch();
      await allHearAgain();
    });

    it('after it was flushed', async () => {
      await commands().flushall();
      await allHearAgain();
    });

    it('after it was frozen for longer than every time-out', async () => {
      await redis.server.kill('SIGSTOP');
      const begun = performance.now();
      for (let fence = 0; fence < 100; fence++) driver.nudge(nudge('frozen', fence));
      expect(performance.now() - begun).toBeLessThan(500);
      expect(await driver.depth()).toBeUndefined();
      expect(performance.now() - begun).toBeLessThan(2_000);
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      await redis.server.kill('SIGCONT');
      await allHearAgain();
    });

    it('after its connections were cut', async () => {
      await commands().client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await commands().client('KILL', 'TYPE', 'pubsub');
      await allHearAgain();
    });
  });

  it('works again after its connections died without a word', async () => {
    const wire = await aWire(redis.server.port);
    const driver = await aDriver();
    const listener = new Listener();
    await (await startProcess(wire.url)).consume(listener);
    await isHeardAgain(driver, listener, 'before');
    wire.cut();
    await isHeardAgain(driver, listener, 'after', 20_000);
    wire.close();
  });

  it('begins by itself when Redis comes after the process', async () => {
    await redis.server.kill('SIGKILL');
    const driver = await startProcess();
    const listener = new Listener();
    await driver.consume(listener);
    driver.nudge(nudge('lost'));
    await redis.server.launch({ empty: true });
    await isHeardAgain(driver, listener, 'at last');
  });

  it('stops soon while Redis is frozen', async () => {
    const driver = await aDriver();
    const listener = new Listener();
    await driver.consume(listener);
    await isHeardAgain(driver, listener, 'before');
    await redis.server.kill('SIGSTOP');
    const begun = performance.now();
    await driver.stop();
    expect(performance.now() - begun).toBeLessThan(3_000);
    await redis.server.kill('SIGCONT');
  });

  it('passes the nudges of a full process on to one that has room', async () => {
    const driver = await aDriver();
    const [full, free] = [new Listener(), new Listener()];
    full.fill();
    await driver.consume(full);
    await nudgeUntilOneWaits(driver);
    await (await startProcess()).consume(free);
    await until(() => free.runs.includes('a'), patientMs);
    expect(full.runs).toEqual([]);
  });

  it('passes on what a process took before it turned out to be full, and lets it go in the end', async () => {
    const driver = await aDriver();
    const listener = new Listener();
    listener.wake = async (woken) => listener.heard.push(woken) < 0; // full after every claim, and then has room again
    await driver.consume(listener);
    driver.nudge(nudge('a'));
    await until(() => listener.heard.length === 5, patientMs);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(listener.runs).toEqual(Array.from({ length: 5 }, () => 'a'));
    expect(await commands().keys('switchyard:default:a*')).toEqual([]);
  });

  it('takes nudges again as soon as a full process has room', async () => {
    const driver = await aDriver();
    const listener = new Listener();
    listener.fill();
    await driver.consume(listener);
    await nudgeUntilOneWaits(driver);
    listener.empty();
    await until(() => listener.runs.includes('a'), patientMs);
  });

  it('keeps no job, less than a kilobyte while one waits, and counts those that wait', async () => {
    const driver = await aDriver();
    const before = await memory();
    for (let at = 0; at < 1_000; at++) driver.nudge(nudge(`0193a5f0-0000-7000-8000-${String(at).padStart(12, '0')}`));
    await until(async () => (await driver.depth())!.default === 1_000);
    expect((await memory()) - before).toBeLessThan(1_000 * 1_024);
    await driver.consume(new Listener());
    await until(async () => (await driver.depth())!.default === 0);
    await until(async () => (await commands().keys('switchyard:default:0193*')).length === 0);
  });

  const memory = async () => Number(/used_memory:(\d+)/.exec(await commands().info('memory'))![1]);
});

/** A way to Redis that can be cut as networks are: both ends still believe in it. Later connections work. */
async function aWire(port: number) {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) open.add(socket.on('error', () => undefined));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => open.forEach((socket) => socket.unpipe().pause());
  const close = () => {
    server.close();
    open.forEach((socket) => socket.destroy());
  };
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, cut, close };
}
