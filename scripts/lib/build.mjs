import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compressFiles } from './compress.mjs';
import { installWhenNeeded } from './install.mjs';
import { inRoot, root, serverFile, tool } from './paths.mjs';
import { pinnedNode } from './pinned-node.mjs';
import { withLock } from './process-lock.mjs';
import { runStep, say } from './run-step.mjs';

const SHIPPED = (file) => !/\.(spec|contract)\.ts$/.test(file);

const BACKEND = {
  name: 'backend',
  label: 'building the backend',
  inputs: ['backend/src', 'migrations', 'nest-cli.json', '.swcrc', 'tsconfig.json', 'backend/tsconfig.build.json'],
  keeps: SHIPPED,
  output: serverFile('app.module.js'),
  command: ['nest', 'build'],
};

const CONSOLE = {
  name: 'console',
  label: 'building the console',
  inputs: [
    ...['src', 'public', 'tsconfig.json', 'tsconfig.app.json'].map((part) => `admin-console/${part}`),
    'angular.json',
    'backend/src',
  ],
  // Of the backend the console may use the schema files, and nothing else.
  keeps: (file) => SHIPPED(file) && (!file.startsWith(inRoot('backend')) || file.endsWith('.schema.ts')),
  output: inRoot('dist/admin-console/browser/index.html'),
  command: ['ng', 'build'],
  finish: () => compressFiles(inRoot('dist/admin-console/browser')),
};

/** One process per checkout installs and builds; a second one waits, and then finds everything done. */
export const whileOthersWait = (work) =>
  withLock(
    inRoot('dist/.build.lock'),
    (pid) => say(`waiting for process ${pid}, which installs or builds in this checkout …`),
    work,
  );

export async function prepareNode() {
  await installWhenNeeded();
  return pinnedNode();
}

export const buildBackend = (options) => build(BACKEND, options);
export const buildConsole = (options) => build(CONSOLE, options);

/** Side by side; both have ended when this does, so that the lock outlives both even when one fails. */
export async function buildAll(options) {
  const builds = await Promise.allSettled([buildBackend(options), buildConsole(options)]);
  for (const { reason } of builds) if (reason) throw reason;
}

export const isConsoleBuilt = () => isCurrent(CONSOLE, hashOf(CONSOLE));

async function build(part, { rebuild = false } = {}) {
  const hash = hashOf(part);
  if (!rebuild && isCurrent(part, hash)) return;
  rmSync(stampOf(part), { force: true });
  const [name, ...args] = part.command;
  await runStep(part.label, pinnedNode(), [tool(name), ...args]);
  part.finish?.();
  // Written last: a build that was killed has no stamp and is done again.
  mkdirSync(path.dirname(stampOf(part)), { recursive: true });
  writeFileSync(stampOf(part), hash);
}

const stampOf = ({ name }) => inRoot('dist/.stamps', name);

const isCurrent = (part, hash) =>
  existsSync(part.output) && existsSync(stampOf(part)) && readFileSync(stampOf(part), 'utf8') === hash;

function hashOf({ inputs, keeps }) {
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', ...inputs]
    .map((name) => inRoot(name))
    .flatMap(filesIn)
    .filter(keeps)) {
    hash
      .update(`${path.relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesIn(place) {
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place)
    .sort()
    .flatMap((name) => filesIn(path.join(place, name)));
}
