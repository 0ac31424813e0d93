import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/* `npm run chaos -- --runs 100 --kills 100 --seed 7`: the long form of kill.spec.ts, on the server as it was built last. */
const text = { type: 'string' };
const { values } = parseArgs({ options: { runs: text, kills: text, seed: text } });
const { runs = '100', kills = runs, seed = String(Date.now()) } = values;

const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const { status } = spawnSync('node_modules/.bin/node', [...jest, '--selectProjects', 'e2e', '--', 'chaos/kill.spec'], {
  env: { ...process.env, CHAOS_RUNS: runs, CHAOS_KILLS: kills, CHAOS_SEED: seed },
  stdio: 'inherit',
});
process.exit(status ?? 1);
