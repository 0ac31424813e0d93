import { setTimeout as pause } from 'node:timers/promises';
import { STEPS } from './bench-sagas.mjs';

const TABLES = ['run_events', 'run_steps', 'runs'];

/** So many runs of a saga wait; these workers carry them, or the first of them. How fast after the warm-up, and at what cost? */
export async function carry(stage, { saga, runs, workers = 1, concurrency, waiting = runs, warmUp = 0 }) {
  const tenant = await stage.agency();
  const variables = { WORKER_CONCURRENCY: String(concurrency) };
  const processes = [];
  for (let number = 0; number < workers; number++) processes.push(await stage.start('working', variables));
  try {
    const redisBefore = await stage.redisBytes();
    if (waiting > runs) await processes[0].ask('ring', await insertMany(stage, tenant, saga, waiting));
    else await processes[0].ask('begin', tenant, saga, runs);
    const redisBytesPerRun = ((await stage.redisBytes()) - redisBefore) / waiting;
    const begun = warmUp === 0 ? measure(stage, processes) : undefined;
    await Promise.all(processes.map((each) => each.ask('work')));
    while ((await done(stage, tenant)) < warmUp) await pause(10);
    const before = warmUp === 0 ? 0 : await done(stage, tenant);
    const { cpu, from } = begun ?? measure(stage, processes);
    while ((await done(stage, tenant)) < runs) await pause(25);
    const seconds = (performance.now() - from) / 1_000;
    const us = cpu(runs - before);
    await Promise.all(processes.map((each) => each.end()));
    await checkEachStepOnce(stage, tenant);
    return { runsPerSecond: (runs - before) / seconds, us, redisBytesPerRun };
  } finally {
    await Promise.all(processes.map((each) => each.end()));
    await forget(stage, tenant);
  }
}

const measure = (stage, processes) => ({ cpu: stage.meter(processes), from: performance.now() });

async function done(stage, tenant) {
  const [{ count }] = await stage.sql(
    `SELECT count(*)::int AS count FROM runs WHERE agency_id = $1 AND state = 'done'`,
    [tenant],
  );
  return count;
}

/** A rate is worth nothing when work was lost or done twice. */
async function checkEachStepOnce(stage, tenant) {
  const [{ wrong }] = await stage.sql(
    `SELECT count(*)::int AS wrong FROM runs r WHERE agency_id = $1 AND state = 'done' AND $2 <>
       (SELECT count(*) FROM run_steps s WHERE s.agency_id = r.agency_id AND s.run_id = r.id AND s.state = 'done' AND s.issue_count = 1)`,
    [tenant, STEPS],
  );
  if (wrong > 0) throw new Error(`${wrong} runs did not do each of their steps once.`);
}

/** What RunsService.begin writes, for more runs than anybody would begin one by one. */
async function insertMany(stage, tenant, saga, count) {
  const rows = await stage.sql(
    `WITH begun AS (
       INSERT INTO runs (agency_id, id, saga, version, title, op_key, request_hash, state, lane, input, created_by, event_seq)
       SELECT $1, uuidv7(), $2, 1, $2, 'k' || n, 'h', 'ready', 'bench', '{}', 'user:bench', 1 FROM generate_series(1, $3) n RETURNING id),
     steps AS (
       INSERT INTO run_steps (agency_id, run_id, ordinal, name, marker)
       SELECT $1, id, s, $4 || s, id || '-' || s FROM begun, generate_series(1, $5) s),
     lines AS (INSERT INTO run_events (agency_id, run_id, seq, level, message) SELECT $1, id, 1, 'info', 'Job accepted' FROM begun)
     SELECT id FROM begun`,
    [tenant, `bench-${saga}`, count, `${saga}-`, STEPS],
  );
  // Postgres tidies up after so many rows by itself, a minute later and at the cost of whoever is measured then.
  await tidyUp(stage);
  return rows.map(({ id }) => id);
}

/** Or the next measurement would be of a fuller database. */
async function forget(stage, tenant) {
  for (const table of TABLES) await stage.sql(`DELETE FROM ${table} WHERE agency_id = $1`, [tenant]);
  await tidyUp(stage);
}

async function tidyUp(stage) {
  for (const table of TABLES) await stage.sql(`VACUUM ANALYZE ${table}`);
  await stage.sql('CHECKPOINT');
}
