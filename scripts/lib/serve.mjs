import { spawn } from 'node:child_process';
import path from 'node:path';
import { buildBackend, buildConsole, isConsoleBuilt, prepareNode, whileOthersWait } from './build.mjs';
import { root, serverFile } from './paths.mjs';
import { toolEnv } from './pinned-node.mjs';
import { orExitCode, runTool, say } from './run-step.mjs';
import { StepFailed } from './step-failed.mjs';

/** Builds what changed, then runs this main until it ends or somebody says stop. */
export const buildAndServe = (main, options) =>
  orExitCode(async () => {
    takeSettings(options);
    const node = await whileOthersWait(() => prepare(main, options));
    const { heapOptions } = await import(serverFile('boot/heap-options.js'));
    return serve(node, main, { NODE_OPTIONS: heapOptions, ...toolEnv() });
  });

function takeSettings({ port, 'data-dir': dataDir }) {
  if (port) process.env.PORT = port;
  // npm changes into the project first; a relative path means where the person stands.
  if (dataDir) process.env.DATA_DIR = path.resolve(process.env.INIT_CWD ?? process.cwd(), dataDir);
}

async function prepare(main, options) {
  const node = await prepareNode();
  await buildBackend(options);
  // The server checks its settings itself; asking first saves a person from waiting for the console in vain.
  if (!isConsoleBuilt()) await checkSettings(node, main);
  await buildConsole(options);
  return node;
}

async function checkSettings(node, main) {
  const { reason, output } = await runTool(node, [...main, '--check-config'], { quiet: true });
  if (!reason) return;
  process.stderr.write(output);
  throw new StepFailed('the settings are not usable; nothing was started');
}

/** Stays until the server has ended, and hands on the first request to stop. */
function serve(node, main, env) {
  say('starting');
  // A process group of its own: Ctrl-C reaches it once, through us, and not a second time from the terminal.
  const server = spawn(node, main, {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  let asked;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (asked) return;
      asked = signal === 'SIGHUP' ? 'SIGTERM' : signal;
      server.kill(asked);
    });
  }
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code, signal) => resolve(code ?? (signal === asked ? 0 : 1)));
  });
}
