import { setTimeout as pause } from 'node:timers/promises';
import { quiet, rounded, spread } from './measuring.mjs';
import { signIn } from './visitor.mjs';

export const name = 'request sent → first step begins, at 20 requests/s through HTTP';
export const must = 'p99 ≤ 50 ms';
export const goal = 'p99 ≤ 20 ms';
export const method =
  'An api and a worker process, joined by Postgres and Redis. Requests leave at an even pace, whatever the answers; from the moment each was due to the moment at which the intent of its first step is written.';

const PER_SECOND = 20;
const SECONDS = 20;

export async function run(stage) {
  const api = await stage.start('listening');
  const worker = await stage.start('working');
  try {
    await worker.ask('work');
    const visitor = await signIn(api.url, await api.ask('wayIn'));
    await sendAtPace(visitor, 2);
    const elsewhere = await quiet();
    const sent = await sendAtPace(visitor, SECONDS);
    const ms = await firstStepsAfter(stage, sent);
    const figures = { ...spread(ms), requests: ms.length, elsewhere };
    return {
      must: figures.p99 <= 50,
      goal: figures.p99 <= 20,
      says: `p50 ${figures.p50} ms, p99 ${figures.p99} ms, max ${figures.max} ms`,
      figures,
    };
  } finally {
    await api.end();
    await worker.end();
  }
}

async function sendAtPace(visitor, seconds) {
  const from = Date.now() + 50;
  return Promise.all(
    Array.from({ length: seconds * PER_SECOND }, async (_, index) => {
      const sentAt = from + (index * 1_000) / PER_SECOND;
      await pause(sentAt - Date.now());
      const answer = await visitor.ask('POST', '/api/bench/runs', { sentAt });
      if (answer.status !== 202) throw new Error(`A run was answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()).id;
    }),
  );
}

async function firstStepsAfter(stage, ids) {
  for (;;) {
    const rows = await stage.sql(
      `SELECT extract(epoch FROM s.intent_at)::float8 * 1000 - (r.input->>'sentAt')::float8 AS ms FROM runs r
       JOIN run_steps s ON s.agency_id = r.agency_id AND s.run_id = r.id AND s.ordinal = 1
       WHERE r.id = ANY ($1) AND s.intent_at IS NOT NULL`,
      [ids],
    );
    if (rows.length === ids.length) return rows.map(({ ms }) => rounded(ms, 2));
    await pause(100);
  }
}
