import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `work` while no other process holds the lock file; waits for a living holder, takes over from a dead one. */
export async function withLock(file, onWait, work) {
  const mine = JSON.stringify({ pid: process.pid, startedAt: startedAt(process.pid) });
  await take(file, mine, onWait);
  const release = () => {
    if (read(file) === mine) rmSync(file, { force: true });
  };
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function take(file, mine, onWait) {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, mine);
  try {
    for (let waits = 0; !linked(draft, file);) {
      const found = read(file);
      const holder = livingHolder(found);
      if (!holder) {
        if (found !== undefined) setAside(file, found);
        continue;
      }
      if (waits++ === 0) onWait(holder.pid);
      await sleep(200);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Renaming decides between two that found the same dead holder; whoever moved a fresh lock puts it back. */
function setAside(file, found) {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (read(aside) !== found) linked(aside, file);
  rmSync(aside, { force: true });
}

function livingHolder(text) {
  try {
    const holder = JSON.parse(text);
    const now = startedAt(holder.pid);
    return now !== undefined && now === holder.startedAt ? holder : undefined;
  } catch {
    return undefined; // gone, or not a lock anybody can hold
  }
}

/** With the pid it names one process for ever; undefined when nobody runs under the pid. */
function startedAt(pid) {
  if (process.platform === 'linux') {
    const stat = read(`/proc/${pid}/stat`);
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    return !fields || 'ZX'.includes(fields[0]) ? undefined : `${read('/proc/sys/kernel/random/boot_id')}${fields[19]}`;
  }
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function linked(draft, file) {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(error.code)) return undefined;
    throw error;
  }
}
