import { randomUUID } from 'node:crypto';
import type { StepContext } from '../../engine/runs/index.js';
import { aRequest, pause, ProvisioningWorld } from '../../../test/provisioning-world.js';
import { AppError } from '../../platform/errors/index.js';
import { AccessTurns } from './access-turns.js';

jest.setTimeout(90_000);

/** HighLevel replaces a person's whole list of sub-accounts; each process here has memory of its own. */
describe('the access of one person, changed by two processes', () => {
  let world: ProvisioningWorld;
  beforeAll(async () => {
    world = await ProvisioningWorld.begin({
      simulator: { latency: { minMs: 5, p50: 20, p99: 60 } },
      env: { CALL_DEADLINE_MS: '10000' },
    });
    await world.connect();
    await world.addProcess();
    await Promise.all([world.work(0), world.work(1)]);
  });
  afterAll(() => world.end());

  const email = 'dale.whitcomb@northwindgrowth.example';
  const person = { firstName: 'Pat', lastName: 'Lee', email };
  const locationsOf = async (of: string) => (await world.state()).users.find((user) => user.email === of)?.locationIds;
  const locationOf = ({ output }: { output?: unknown }) => (output as { locationId: string }).locationId;
  const changes = () => world.journal('PUT', /^\/users\//, { applied: true });

  it('loses nothing and is changed no more often than wanted', async () => {
    const before = (await locationsOf(email))!;
    const changed = (await changes()).length;
    const begun = await Promise.all(Array.from({ length: 8 }, () => world.start(aRequest({ users: [person] }))));
    const done = await Promise.all(begun.map(({ jobId }) => world.until(jobId, 'done', 60_000)));
    expect(new Set(await locationsOf(email))).toEqual(new Set([...before, ...done.map(locationOf)]));
    expect(await changes()).toHaveLength(changed + 8);

    const [undone, kept] = [done.slice(0, 4), done.slice(4)];
    await Promise.all(undone.map(({ id }) => world.undo(id)));
    const more = await Promise.all([1, 2, 3].map(() => world.start(aRequest({ users: [person] }))));
    const added = await Promise.all(more.map(({ jobId }) => world.until(jobId, 'done', 60_000)));
    await until(async () => !(await locationsOf(email))!.some((id) => undone.map(locationOf).includes(id)));
    expect(new Set(await locationsOf(email))).toEqual(new Set([...before, ...[...kept, ...added].map(locationOf)]));
  });

  describe('takes turns that', () => {
    const ctx = (runId: string) =>
      ({ tenant: world.tenant, runId, input: { connectionId } }) as StepContext<{ connectionId: string }>;
    let connectionId: string;
    beforeAll(async () => {
      connectionId = (await world.connection()).id;
    });
    const take = (process: number, runId: string, act: () => Promise<unknown>) =>
      world.get(AccessTurns, process).take(ctx(runId), 'user-1', act);
    const turns = () => world.in((tx) => tx.query('SELECT owner FROM ghl_access_turns'));

    it('follow one another over processes, also after one that failed, and leave nothing behind', async () => {
      const seen: string[] = [];
      const turn = (process: number, name: string) =>
        take(process, randomUUID(), async () => {
          seen.push(`${name} begins`);
          await pause(30);
          seen.push(`${name} ends`);
          if (name === 'b') throw new AppError('transient', 'x', 'x');
        });
      await Promise.allSettled([turn(0, 'a'), turn(1, 'b'), turn(0, 'c'), turn(1, 'd')]);
      for (let at = 0; at < seen.length; at += 2) expect(seen[at + 1]).toBe(seen[at].replace('begins', 'ends'));
      expect(seen).toHaveLength(8);
      expect(await turns()).toEqual([]);
    });

    it('end with their lease when the process died, and at once for the run itself', async () => {
      const dead = randomUUID();
      await world.in((tx) =>
        tx.query(`INSERT INTO ghl_access_turns VALUES ($1, $2, 'user-1', $3, now() + interval '1 second')`, [
          world.tenant,
          connectionId,
          dead,
        ]),
      );
      const order: string[] = [];
      const other = take(1, randomUUID(), async () => order.push('another'));
      await take(0, dead, async () => order.push('itself'));
      await other;
      expect(order).toEqual(['itself', 'another']);
    });

    it('last when a change may still arrive', async () => {
      const run = randomUUID();
      const lost = take(0, run, () => Promise.reject(new AppError('unknown-outcome', 'x', 'x')));
      await expect(lost).rejects.toThrow('x');
      expect(await turns()).toEqual([{ owner: run }]);
      await world.in((tx) => tx.query('DELETE FROM ghl_access_turns'));
    });
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await pause(50)) if (await holds()) return;
  throw new Error('It did not happen');
}
