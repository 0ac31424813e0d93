// Holds the engine's speed against its floor, in alternating rounds on one Postgres with fsync on.
//   node e2e/bench/saga.bench.mjs [--rounds=5] [--n=1500] [--floor=<copy of the bench folder after npm i>]
// Needs a build (`npm run build`; SERVER_DIST names another one) and, for the floor, redis-server. Exits 1 when a goal is missed.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openBenchDatabase } from './bench-database.mjs';
import { lastJson, median, start } from './bench-tools.mjs';

const GOAL_RATIO = 0.5;
const GOAL_P99_MS = 50;
const REDIS_PORT = '56381';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    n: { type: 'string', default: '1500' },
    conc: { type: 'string', default: '16' },
    floor: { type: 'string' },
  },
});
const home = mkdtempSync(join(tmpdir(), 'saga-bench-'));
const database = await openBenchDatabase(home);
const redis = options.floor
  ? spawn(
      'redis-server',
      [
        '--port',
        REDIS_PORT,
        '--bind',
        '127.0.0.1',
        '--dir',
        home,
        '--save',
        '',
        '--appendonly',
        'yes',
        '--pidfile',
        join(home, 'redis.pid'),
      ],
      { stdio: 'ignore' },
    )
  : undefined;

try {
  const child = fileURLToPath(new URL('./saga-rounds.mjs', import.meta.url));
  const ours = (mode, more = []) =>
    lastJson(
      start(process.execPath, [child, mode, `--conc=${options.conc}`, ...more], {
        DATABASE_URL: database.appUrl,
        PG_PIDFILE: database.pidFile,
        VAULT_KEYS: `bench:${randomBytes(32).toString('base64')}`,
        WORKER_CONCURRENCY: options.conc,
        LOG_LEVEL: 'warn',
      }),
    );
  const floor = () =>
    lastJson(
      start(
        process.execPath,
        ['saga.js', `--n=${options.n}`, `--conc=${options.conc}`],
        {
          ...database.floorEnvironment,
          REDIS_PORT,
          REDIS_PIDFILE: join(home, 'redis.pid'),
        },
        options.floor,
      ),
    );

  const rounds = [];
  for (let round = 1; round <= Number(options.rounds); round++) {
    const lower = options.floor ? await floor() : undefined;
    const product = await ours('throughput', [`--n=${options.n}`]);
    const ratio = lower && product.steps_ps / lower.steps_ps;
    rounds.push({ ratio, product, lower });
    console.log(
      `round ${round}: ours ${product.steps_ps} steps/s, ${product.us_per_run.sum} us CPU a run (node ${product.us_per_run.node}, pg ${product.us_per_run.pg})` +
        (lower ? `; floor ${lower.steps_ps} steps/s, ${lower.us_per_job} us; ratio ${ratio.toFixed(2)}` : ''),
    );
  }
  const latency = await ours('latency', ['--n=400', '--rate=20']);
  const ratio = options.floor ? median(rounds.map((round) => round.ratio)) : undefined;
  const missed = [
    ratio !== undefined && ratio < GOAL_RATIO && `steps/s are ${ratio.toFixed(2)} of the floor; goal ${GOAL_RATIO}`,
    latency.p99 > GOAL_P99_MS && `accepted -> first step p99 is ${latency.p99} ms; goal ${GOAL_P99_MS}`,
  ].filter(Boolean);
  console.log(
    JSON.stringify({
      ratio: ratio && Number(ratio.toFixed(2)),
      steps_ps: median(rounds.map((round) => round.product.steps_ps)),
      us_per_run: median(rounds.map((round) => round.product.us_per_run.sum)),
      floor_us_per_job: options.floor && median(rounds.map((round) => round.lower.us_per_job)),
      accepted_to_first_step_ms: latency,
      missed,
    }),
  );
  process.exitCode = missed.length > 0 ? 1 : 0;
} finally {
  redis?.kill();
  await database.stop();
  rmSync(home, { recursive: true, force: true });
}
