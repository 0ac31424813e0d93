import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

export const percentile = (numbers, part) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
};
export const median = (numbers) => percentile(numbers, 0.5);
export const rounded = (number, digits = 0) => Number(number.toFixed(digits));
export const spread = (ms) => ({
  p50: rounded(median(ms), 1),
  p99: rounded(percentile(ms, 0.99), 1),
  max: rounded(percentile(ms, 1), 1),
});

/** A rate depends on what else the machine does; CPU per operation hardly. So a round waits a while for quiet. */
export async function quiet(withinMs = 20_000, limit = 0.15) {
  for (const end = Date.now() + withinMs; ;) {
    const before = busySeconds();
    await pause(1_000);
    const cores = busySeconds() - before;
    if (cores < limit || Date.now() > end) return rounded(cores, 2);
  }
}

function busySeconds() {
  const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / 100;
}

/** CPU seconds since the call: of each named process, with the children of the postmaster. */
export function cpuMeter({ node, postgres, redis }) {
  const before = cpuSeconds(node, postgres, redis);
  return () => {
    const after = cpuSeconds(node, postgres, redis);
    return {
      node: after.node - before.node,
      postgres: after.postgres - before.postgres,
      redis: after.redis - before.redis,
    };
  };
}

/** Microseconds for each of so many operations. */
export function perOperation({ node, postgres, redis }, operations) {
  const us = (seconds) => Math.round((seconds * 1e6) / operations);
  return { node: us(node), postgres: us(postgres), redis: us(redis), sum: us(node + postgres + redis) };
}

function cpuSeconds(nodePids, postmaster, redisPid) {
  const times = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(processTimes)
    .filter(Boolean);
  const sum = (chosen, of) => times.filter(chosen).reduce((total, each) => total + of(each), 0);
  return {
    node: sum(
      ({ pid }) => nodePids.includes(pid),
      ({ own }) => own,
    ),
    postgres:
      sum(
        ({ parent }) => parent === postmaster,
        ({ own }) => own,
      ) +
      sum(
        ({ pid }) => pid === postmaster,
        ({ own, reaped }) => own + reaped,
      ),
    redis: sum(
      ({ pid }) => pid === redisPid,
      ({ own }) => own,
    ),
  };
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

/** Resident memory now, in MB. */
export function residentMb(pid) {
  const [, kb] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(kb) / 1024);
}
