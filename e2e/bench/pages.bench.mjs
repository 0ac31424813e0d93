import { median, quiet, rounded } from './measuring.mjs';
import { signIn } from './visitor.mjs';

export const name = 'job list and log page at 1,000,000 rows';
export const must = '≤ 1.5 × that at 10,000';
export const goal = 'flat';
export const method =
  'Through the API, signed in: the newest page, a page from the middle, a page of one state, and the end of one job’s log; the median of 60 answers each, in an agency with 10,000 jobs and log lines and in one with 1,000,000.';

const PAGE = 50;
const ANSWERS = 60;
const WARM = 20;

export async function run(stage) {
  const api = await stage.start('listening');
  try {
    const visitor = await signIn(api.url, await api.ask('wayIn'));
    await pages(stage, visitor, 1_000); // the process is warm from here on
    const few = await pages(stage, visitor, 10_000);
    const many = await pages(stage, visitor, 1_000_000);
    const ratios = Object.fromEntries(Object.keys(few).map((page) => [page, rounded(many[page] / few[page], 2)]));
    const worst = Math.max(...Object.values(ratios));
    return {
      must: worst <= 1.5,
      goal: worst <= 1.1,
      says: Object.entries(ratios)
        .map(([page, ratio]) => `${page} ${ratio} × (${many[page]} ms)`)
        .join(', '),
      figures: { few, many, ratios },
    };
  } finally {
    await api.end();
  }
}

async function pages(stage, visitor, rows) {
  const middle = await fill(stage, visitor.tenant, rows);
  await quiet();
  const time = async (path) => {
    const ms = [];
    for (let answer = 0; answer < WARM + ANSWERS; answer++) {
      const from = performance.now();
      const response = await visitor.ask('GET', path);
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`${path} was answered ${response.status}.`);
      if (answer >= WARM) ms.push(performance.now() - from);
    }
    return rounded(median(ms), 2);
  };
  const list = `/api/jobs?limit=${PAGE}`;
  return {
    newest: await time(list),
    middle: await time(`${list}&cursor=${await cursorTo(visitor, middle)}`),
    failed: await time(`${list}&state=failed`),
    log: await time(`/api/jobs/${middle}/log?after=${rows - PAGE}&limit=${PAGE}`),
  };
}

/** The page after this job, as the page before it would name it. */
async function cursorTo(visitor, id) {
  const page = await (await visitor.ask('GET', `/api/jobs?limit=1`)).json();
  const cursor = JSON.parse(Buffer.from(page.next, 'base64url').toString());
  return Buffer.from(JSON.stringify(replaceId(cursor, page.items[0].id, id))).toString('base64url');
}
const replaceId = (value, from, to) => JSON.parse(JSON.stringify(value).replaceAll(from, to));

/** So many jobs, one in a hundred failed, and so many lines in the log of the one in the middle, which it returns. */
async function fill(stage, tenant, rows) {
  for (const table of ['run_events', 'run_steps', 'runs'])
    await stage.sql(`DELETE FROM ${table} WHERE agency_id = $1`, [tenant]);
  await stage.sql(
    `INSERT INTO runs (agency_id, id, saga, version, title, op_key, request_hash, state, lane, input, output, created_by, event_seq, finished_at)
     SELECT $1, uuidv7(n * interval '1 ms'), 'bench-nothing', 1, 'Job ' || n, 'k' || n, 'h', CASE WHEN n % 100 = 0 THEN 'failed' ELSE 'done' END,
       'bench', '{}', '{}', 'user:bench', 1, now() FROM generate_series(1, $2) n`,
    [tenant, rows],
  );
  const [{ id }] = await stage.sql(`SELECT id FROM runs WHERE agency_id = $1 AND op_key = 'k' || $2`, [
    tenant,
    rows / 2,
  ]);
  await stage.sql(`UPDATE runs SET event_seq = $3 WHERE agency_id = $1 AND id = $2`, [tenant, id, rows]);
  await stage.sql(
    `INSERT INTO run_events (agency_id, run_id, seq, level, message) SELECT $1, $2, n, 'info', 'step finished' FROM generate_series(1, $3) n`,
    [tenant, id, rows],
  );
  for (const table of ['runs', 'run_events']) await stage.sql(`VACUUM ANALYZE ${table}`);
  return id;
}
