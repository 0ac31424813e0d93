import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'pg';
import { by, EngineWorld, pause } from '../../../test/engine/engine-world.js';

/** A step that blocks its process for ever, again and again. Real processes, and a supervisor that starts them anew. */
describe('a step that blocks its process', () => {
  let world: EngineWorld;
  let owner: Client;
  let supervising = true;
  let child: ChildProcess | undefined;
  let supervised: Promise<void>;
  const lastWords: string[] = [];
  const ends: (string | null)[] = [];

  beforeAll(async () => {
    world = await EngineWorld.begin();
    owner = new Client({ connectionString: world.database.ownerUrl });
    await owner.connect();
    await owner.query('CREATE TABLE poison (marker text); GRANT SELECT ON poison TO switchyard_app');
    await owner.query('CREATE TABLE posted (marker text, step text); GRANT SELECT, INSERT ON posted TO switchyard_app');
  });
  afterAll(async () => {
    supervising = false;
    child?.kill('SIGKILL');
    await supervised;
    await owner.end();
    await world.end();
  });

  async function supervise(): Promise<void> {
    while (supervising) {
      child = fork(join(__dirname, '../../../test/engine/stall-worker.mjs'), [world.database.appUrl], {
        execArgv: ['--no-warnings'],
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      child.stderr!.on('data', (chunk: Buffer) => lastWords.push(chunk.toString()));
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      if (supervising) ends.push(signal);
    }
  }

  /** One that was killed twice just before its call left asks for a person, who sees that nothing was posted. */
  async function livesOn(id: string): Promise<void> {
    const job = await world.until(id, ({ state }) => state === 'done' || state === 'needs-human', 30_000);
    if (job.state === 'done') return;
    expect(job.attention).toMatchObject({ code: 'no-trace', step: 'post' });
    await world.decisions.retry(world.tenant, by, id);
    await world.until(id, 'done', 30_000);
  }

  it('is set aside after the fifth death, each with a last word, and its neighbours live on', async () => {
    const poison = await world.beginLetter();
    const [{ marker }] = await world.in((tx) =>
      tx.query<{ marker: string }>(
        "SELECT marker FROM run_steps WHERE agency_id = $1 AND run_id = $2 AND name = 'find-address'",
        [world.tenant, poison],
      ),
    );
    await owner.query('INSERT INTO poison VALUES ($1)', [marker]);
    const neighbours = await Promise.all(Array.from({ length: 4 }, () => world.beginLetter()));
    supervised = supervise();
    const job = await world.until(poison, 'needs-human', 120_000);
    expect(job).toMatchObject({ attention: { code: 'no-progress' }, actions: expect.arrayContaining(['retry']) });
    expect(ends).toEqual(Array(5).fill('SIGKILL'));
    expect(lastWords.join('').match(/The event loop did not turn in time/g)).toHaveLength(5);
    const late = await world.beginLetter();
    for (const id of [...neighbours, late]) await livesOn(id);
    await pause(1_500);
    expect(ends).toHaveLength(5);
  }, 200_000);
});
