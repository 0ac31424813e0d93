import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const dist = resolve(process.env.SERVER_DIST ?? fileURLToPath(new URL('../../dist/server', import.meta.url)));
/** A module of the built server. */
export const built = (path) => import(pathToFileURL(`${dist}/${path}`).href);

export const median = (numbers) => percentile(numbers, 0.5);
export const percentile = (numbers, part) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
};

export function start(command, args, environment, cwd) {
  return spawn(command, args, { cwd, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** What a measuring process printed last. */
export async function lastJson(child) {
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  const code = await new Promise((end) => child.on('close', end));
  if (code !== 0) throw new Error(`A round ended with ${code}: ${text}`);
  return JSON.parse(text.trim().split('\n').at(-1));
}

/** CPU microseconds of this process and of Postgres with its children since the call. */
export function cpuMeter(postmasterPidFile) {
  const before = { node: process.cpuUsage(), pg: postgresSeconds(postmasterPidFile) };
  return (operations) => {
    const { user, system } = process.cpuUsage(before.node);
    const node = (user + system) / operations;
    const pg = ((postgresSeconds(postmasterPidFile) - before.pg) * 1e6) / operations;
    return { node: Math.round(node), pg: Math.round(pg), sum: Math.round(node + pg) };
  };
}

function postgresSeconds(pidFile) {
  const postmaster = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(processTimes)
    .filter(Boolean);
  return all.reduce((sum, { pid, parent, own, reaped }) => {
    if (pid === postmaster) return sum + own + reaped;
    return parent === postmaster ? sum + own : sum;
  }, 0);
}

function processTimes(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return {
      pid: Number(pid),
      parent: fields[1],
      own: (fields[11] + fields[12]) / 100,
      reaped: (fields[13] + fields[14]) / 100,
    };
  } catch {
    return undefined; // it ended meanwhile
  }
}
