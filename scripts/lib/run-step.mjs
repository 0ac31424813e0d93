import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { toolEnv } from './pinned-node.mjs';
import { root } from './paths.mjs';
import { StepFailed } from './step-failed.mjs';

export const say = (line) => console.log(`[switchyard] ${line}`);

const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  // A signal may reach this process alone; what it started must not go on without it.
  process.on(signal, () => {
    if (process.listenerCount(signal) > 1) return; // a command took over the handling
    for (const child of running) child.kill(signal);
    process.exit(128 + constants.signals[signal]);
  });
}

/** Runs a tool to its end. With `quiet`, its output is kept and printed only when it fails. */
export async function runTool(command, args, { quiet = false } = {}) {
  const started = Date.now();
  const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'];
  const child = spawn(command, args, { cwd: root, env: toolEnv(), stdio });
  running.add(child);
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => printed.push(chunk));
  const reason = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${code ?? signal}`));
  });
  running.delete(child);
  return { reason, seconds: secondsSince(started), output: Buffer.concat(printed).toString('utf8') };
}

/** A step that everything after it depends on. */
export async function runStep(label, command, args) {
  say(`${label} …`);
  const { reason, seconds, output } = await runTool(command, args, { quiet: true });
  if (reason) {
    process.stderr.write(output);
    throw new StepFailed(`${label}: ${reason}`);
  }
  say(`${label}: ${seconds} s`);
}

export const secondsSince = (started) => ((Date.now() - started) / 1000).toFixed(1);

/** Turns a failed step into one line and an exit code; anything else is a bug and keeps its stack. */
export async function orExitCode(work) {
  try {
    return (await work()) ?? 0;
  } catch (error) {
    console.error(error instanceof StepFailed ? `[switchyard] ${error.message}` : error);
    return 1;
  }
}
