// `npm run bench`: the rows of docs/performance-report.md, measured on the server as it was built last.
//   npm run bench -- [--only saga,latency] [--rounds 5] [--floor <folder of the floor programs, after npm i>]
//     [--pictures <folder for what a person sees of the row bulk>]
// A row is a file <key>.bench.mjs that exports name, must, goal, method and run(stage, { rounds, pictures }); run returns
// { must, goal, says, figures }: whether each was met, the result in words, and every number. Exits 1 when a must is missed.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { reportOf } from './report.mjs';
import { Stage } from './stage.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    floor: { type: 'string' },
    pictures: { type: 'string' },
    'no-report': { type: 'boolean' },
  },
});
const folder = new URL('.', import.meta.url);
const reportFile = (ending) => new URL(`../../docs/performance-report.${ending}`, import.meta.url);

const all = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.mjs'))
  .map((file) => file.replace('.bench.mjs', ''));
const chosen = options.only?.split(',') ?? all;
const unknown = chosen.filter((key) => !all.includes(key));
if (unknown.length > 0) throw new Error(`There is no row ${unknown.join(', ')}; there are ${all.join(', ')}.`);

const stage = await Stage.open(options.floor);
const measured = {};
try {
  const machine = await machineOf(stage);
  for (const key of chosen) {
    measured[key] = await measure(key, machine);
    if (!options['no-report']) writeReport(measured);
  }
} finally {
  await stage.close();
}
process.exit(Object.values(measured).every((row) => row.mustMet) ? 0 : 1);

async function measure(key, machine) {
  const { name, must, goal, method, run } = await import(new URL(`${key}.bench.mjs`, folder).href);
  const about = { name, must, goal, method, machine, commit: git('rev-parse', '--short', 'HEAD') };
  const at = new Date().toISOString().slice(0, 10);
  const result = await run(stage, { rounds: Number(options.rounds), pictures: options.pictures }).catch((error) => ({
    must: false,
    goal: false,
    says: `could not be measured: ${error.message}`,
    figures: { error: String(error.stack) },
  }));
  console.log(`${result.must ? 'PASS' : 'MISS'}  ${name}: ${result.says} (must ${must}; goal ${goal})`);
  if (result.figures.error) console.error(result.figures.error);
  return { ...about, at, mustMet: result.must, goalMet: result.goal, says: result.says, figures: result.figures };
}

async function machineOf({ sql, redis, database }) {
  const [{ server_version }] = await sql.call({ database }, 'SHOW server_version');
  const [, redisVersion] = /redis_version:(\S+)/.exec(await redis.info('server'));
  return `${cpus().length} cores (${cpus()[0].model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, Postgres ${server_version.split(' ')[0]} with fsync, Redis ${redisVersion}`;
}

/** Rows that were not measured now stay as they were, with their own date and commit. */
function writeReport(rows) {
  const known = readJson(reportFile('json'));
  const merged = { ...known, ...rows };
  const sorted = Object.fromEntries(all.filter((key) => merged[key]).map((key) => [key, merged[key]]));
  writeFileSync(reportFile('json'), `${JSON.stringify(sorted, null, 2)}\n`);
  writeFileSync(reportFile('md'), reportOf(sorted));
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

function git(...args) {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
}
