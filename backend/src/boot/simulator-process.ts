import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { GhlSimulatorOptions } from '../integrations/ghl/index.js';
import {
  identify,
  isStillRunning,
  type ProcessIdentity,
} from '../platform/database/embedded-postgres/process-identity.js';

const here = fileURLToPath(new URL('..', import.meta.url));
const startsWithinMs = 10_000;
/** A simulator that lost its parent ends by itself; this is for one that does not. */
const endsWithinMs = 3_000;

export interface SimulatorProcess {
  readonly url: string;
  readonly consentUrl: string;
  readonly publicKey: string;
  /** Resolves when the process has ended, asked for or not. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** HighLevel's stand-in as a process of its own, with its state in the data directory. It ends when we end, also by kill -9. */
export async function startSimulatorProcess(
  dataDir: string,
  options: GhlSimulatorOptions,
  server = here,
): Promise<SimulatorProcess> {
  await endPredecessor(dataDir);
  const program = join(server, 'integrations/ghl/ghl-simulator.main.js');
  const settings = { ...options, dataFile: join(dataDir, 'ghl-simulator.json') };
  // A session of its own: Ctrl-C in the terminal must reach the application first, not what it calls.
  const child = fork(program, [JSON.stringify(settings)], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  writeFileSync(pidFile(dataDir), JSON.stringify(identify(child.pid!) ?? null), { mode: 0o600 });
  const stop = async () => {
    await endChild(child, ended);
    rmSync(pidFile(dataDir), { force: true });
  };
  try {
    const { url, consentUrl } = await addressOf(child);
    return { url, consentUrl, publicKey: await publicKeyOf(url), ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function addressOf(child: ChildProcess): Promise<{ url: string; consentUrl: string }> {
  return new Promise((resolve, reject) => {
    const tooLate = setTimeout(
      () => reject(new Error('The HighLevel simulator did not start in time.')),
      startsWithinMs,
    );
    child.once('message', (address) => {
      clearTimeout(tooLate);
      resolve(address as { url: string; consentUrl: string });
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(tooLate);
      reject(new Error(`The HighLevel simulator did not start (it ended with ${code}). Is GHL_SIMULATOR_PORT free?`));
    });
  });
}

async function publicKeyOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/__sim/public-key`);
  return ((await answer.json()) as { pem: string }).pem;
}

async function endChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), endsWithinMs);
  await ended.finally(() => clearTimeout(impatience));
}

/** Two simulators on one state file would each lose what the other writes. */
async function endPredecessor(dataDir: string): Promise<void> {
  const former = formerSimulator(dataDir);
  if (!former) return;
  for (let waited = 0; isStillRunning(former); waited += 50) {
    if (waited === endsWithinMs) process.kill(former.pid, 'SIGKILL');
    await pause(50);
  }
}

function formerSimulator(dataDir: string): ProcessIdentity | undefined {
  try {
    return (JSON.parse(readFileSync(pidFile(dataDir), 'utf8')) as ProcessIdentity | null) ?? undefined;
  } catch {
    return undefined; // none was started here, or it was stopped in order
  }
}

const pidFile = (dataDir: string) => join(dataDir, 'ghl-simulator.pid');
