import { randomUUID } from 'node:crypto';
import { by, EngineWorld, pause } from '../../../test/engine/engine-world.js';
import { Inbox } from './inbox.js';
import { Outbox } from './outbox.js';
import { Relay, type ToldEvent } from './relay.js';

const until = async (holds: () => boolean | Promise<boolean>, withinMs = 4_000) => {
  for (const end = Date.now() + withinMs; Date.now() < end; await pause(10)) if (await holds()) return;
  throw new Error('It did not happen in time.');
};

/** What happened is told, and what arrives is handled. */
describe('events', () => {
  let world: EngineWorld;
  let relay: Relay;
  let inbox: Inbox;
  beforeAll(async () => {
    world = await EngineWorld.begin();
    relay = world.processes[0].app.get(Relay);
    inbox = world.processes[0].app.get(Inbox);
    await world.processes[0].worker.start();
  });
  afterEach(() => world.check());
  afterAll(() => world.end());

  describe('outbox', () => {
    const tell = (type: string, payload = {}) =>
      world.in((tx) => world.processes[0].app.get(Outbox).tell(tx, { type, payload }));
    const waiting = () => world.in((tx) => tx.query<{ type: string }>('SELECT type FROM outbox'));

    it('tells what was committed, in order, and forgets it', async () => {
      const told: ToldEvent[] = [];
      relay.on('tea', (event) => void told.push(event));
      for (const n of [1, 2, 3]) await tell('tea', { n });
      await until(() => told.length === 3);
      expect(told.map((event) => event.payload)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
      await until(async () => (await waiting()).length === 0);
    });

    it('tells nothing of a transaction that failed', async () => {
      let told = false;
      relay.on('never', () => void (told = true));
      const outbox = world.processes[0].app.get(Outbox);
      const failing = world.in(async (tx) => {
        await outbox.tell(tx, { type: 'never', payload: {} });
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      await pause(250);
      expect(told).toBe(false);
    });

    it('tells again after a listener failed, as the same event, and lets others pass meanwhile', async () => {
      const told: number[] = [];
      const passed: number[] = [];
      relay.on('bumpy', (event) => {
        told.push(event.id);
        if (told.length === 1) throw new Error('not now');
      });
      relay.on('smooth', (event) => void passed.push(event.id));
      await tell('bumpy');
      await until(() => told.length === 1);
      await tell('smooth');
      await until(() => passed.length === 1);
      expect(told).toHaveLength(1);
      await until(() => told.length === 2);
      expect(new Set(told).size).toBe(1);
    });

    it('is told by another process when the teller died in the middle', async () => {
      await tell('left-behind');
      await world.in((tx) => tx.query(`UPDATE outbox SET attempts = 1, tell_at = now() - interval '1 s'`));
      const told: ToldEvent[] = [];
      relay.on('left-behind', (event) => void told.push(event));
      await until(() => told.length === 1);
    });

    it('tells once that a run began to wait and for what, and nothing of a run that went through', async () => {
      const told: unknown[] = [];
      relay.on('run.waiting', ({ payload }) => void told.push(payload));
      await world.until(await world.beginLetter(), 'done');
      expect(await waiting()).toEqual([]);
      world.office.script('post', 'sign-in-again');
      const id = await world.beginLetter();
      await world.until(id, 'waiting');
      await until(() => told.length === 1);
      await until(async () => (await waiting()).length === 0);
      expect(told).toEqual([{ runId: id, saga: 'letter', waitingFor: 'connection' }]);
    });
  });

  describe('inbox', () => {
    const arrived = (more = {}) => ({
      provider: 'post',
      key: randomUUID(),
      type: 'Delivered',
      payload: { a: 1 },
      tenant: world.tenant,
      ...more,
    });
    const handled: string[] = [];
    const failing = new Set<string>();
    beforeAll(() => {
      inbox.handle('post', async (tx, event) => {
        await tx.query('UPDATE agencies SET name = $1', [event.key]);
        handled.push(event.key);
        if (failing.delete(event.key)) throw new Error('not now');
      });
    });
    const nameOf = async () =>
      (await world.in((tx) => tx.query<{ name: string }>('SELECT name FROM agencies')))[0].name;

    it('accepts an event once and handles it once', async () => {
      const event = arrived();
      const accepted = await Promise.all(Array.from({ length: 10 }, () => inbox.accept(event)));
      expect(accepted.filter(Boolean)).toHaveLength(1);
      await until(() => handled.includes(event.key));
      await pause(150);
      expect(handled.filter((key) => key === event.key)).toHaveLength(1);
    });

    it('keeps an event of an unknown account until somebody connects it', async () => {
      const event = arrived({ tenant: undefined, account: 'acc-1' });
      await inbox.accept(event);
      await pause(150);
      expect(handled).not.toContain(event.key);
      await world.in((tx) => inbox.claimAccount(tx, 'post', 'acc-1'));
      await until(() => handled.includes(event.key));
    });

    it('rolls a failed handler back together with its mark, and tries it again later', async () => {
      const event = arrived();
      failing.add(event.key);
      await inbox.accept(event);
      await until(() => handled.includes(event.key));
      expect(await nameOf()).not.toBe(event.key);
      await until(() => handled.filter((key) => key === event.key).length === 2);
      await until(async () => (await nameOf()) === event.key);
    });

    it('stores what jsonb would refuse', async () => {
      expect(await inbox.accept(arrived({ payload: { text: 'a\u0000b\ud800c' } }))).toBe(true);
    });

    it('has one handler for a provider', () => {
      expect(() => inbox.handle('post', async () => undefined)).toThrow('two handlers');
    });
  });

  describe('log of a run', () => {
    it('holds lines with NUL bytes and half surrogates', async () => {
      world.office.script('post', async () => {
        throw new Error('bad \u0000 text \ud83d');
      });
      world.office.script('find-address', {
        result: { kind: 'done', output: { text: 'a\u0000b\udc00' }, evidence: { raw: '\ud800' } },
      });
      const id = await world.beginLetter();
      const job = await world.until(id, 'done');
      expect(job.steps[0].output).toEqual({ text: 'a\uFFFDb\uFFFD' });
    });

    it('has no gap and keeps the order of commits while many write to it', async () => {
      const again = { result: { kind: 'again', inMs: 1, waitingFor: 'provider' } } as const;
      world.office.script('find-address', ...Array(40).fill(again));
      const id = await world.beginLetter();
      const seen: number[][] = [];
      let ended = false;
      const reading = (async () => {
        for (let after = 0; !ended; await pause(2)) {
          const lines = await world.views.linesAfter(world.tenant, id, after, 100);
          if (lines.length > 0) seen.push(lines.map((line) => line.seq));
          after = lines.at(-1)?.seq ?? after;
        }
      })();
      for (let times = 0; times < 5; times++) {
        await world.decisions.cancel(world.tenant, by, id).catch(() => undefined);
        await pause(10);
        await world.decisions.retry(world.tenant, by, id).catch(() => undefined);
      }
      await world.until(id, (job) => job.state === 'done' || job.state === 'cancelled');
      await pause(50);
      ended = true;
      await reading;
      const { lastSeq } = await world.job(id);
      expect(seen.flat()).toEqual(Array.from({ length: lastSeq }, (_, index) => index + 1));
    });
  });
});
