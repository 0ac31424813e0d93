import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'pg';
import { by, EngineWorld, pause } from '../../../test/engine/engine-world.js';

/** A death costs the start of a process, so the everyday suite has few of them: `ENGINE_KILLS=30` for a release. */
const kills = Number(process.env.ENGINE_KILLS ?? 6);
const runs = kills * 8;
/** The effects that must be there once: those of the steps whose repetition would make two. */
const guarded = ['post', 'file-copy'];

/** Real processes, killed with SIGKILL in the middle of their work at random moments. */
describe('kill -9', () => {
  let world: EngineWorld;
  let owner: Client;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    world = await EngineWorld.begin();
    owner = new Client({ connectionString: world.database.ownerUrl });
    await owner.connect();
    await owner.query(
      'CREATE TABLE posted (marker text, step text); GRANT SELECT, INSERT ON posted TO switchyard_app; CREATE INDEX ON posted (marker)',
    );
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await owner.end();
    await world.end();
  });

  it(`${kills} deaths of the worker: no job is lost, nothing is made twice`, async () => {
    const ids = await Promise.all(Array.from({ length: runs }, () => world.beginLetter()));
    let next = standby();
    for (let deaths = 0; deaths <= kills; deaths++) {
      const worker = await next;
      worker.send('work');
      if (deaths === kills) break;
      next = standby();
      await pause(100 + Math.random() * 400);
      worker.kill('SIGKILL');
    }
    for (const id of ids) await endOf(id);
    const { rows } = await owner.query<{ step: string; count: number; markers: number }>(
      'SELECT step, count(*)::int AS count, count(DISTINCT marker)::int AS markers FROM posted WHERE step = ANY ($1) GROUP BY step ORDER BY step',
      [guarded],
    );
    expect(rows).toEqual(guarded.toSorted().map((step) => ({ step, count: runs, markers: runs })));
    const interrupted = await world.in((tx) => tx.query('SELECT 1 FROM runs WHERE fence > 1'));
    expect(interrupted.length).toBeGreaterThanOrEqual(kills);
    await world.check();
  }, 120_000);

  /** A run that died with its worker again and again, or twice right before its call left, is a person's to decide: it goes on. */
  async function endOf(id: string): Promise<void> {
    const job = await world.until(id, ({ state }) => state === 'done' || state === 'needs-human', 30_000);
    if (job.state === 'done') return;
    expect(['no-progress', 'no-trace']).toContain(job.attention?.code);
    await world.decisions.retry(world.tenant, by, id);
    await endOf(id);
  }

  async function standby(): Promise<ChildProcess> {
    const script = join(__dirname, '../../../test/engine/crash-worker.mjs');
    const child = fork(script, [world.database.appUrl], {
      execArgv: ['--no-warnings'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.push(child);
    await once(child, 'message');
    return child;
  }
});
