import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './paths.mjs';
import { runStep } from './run-step.mjs';

/** Installs when what lies in node_modules is not what package-lock.json asks for. */
export async function installWhenNeeded() {
  if (isInstalled()) return;
  const [command, args] = npm();
  // NODE_ENV=production in somebody's shell must not leave out the tools that build.
  const flags = ['--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
  await runStep('installing dependencies', command, [...args, 'ci', ...flags]);
}

/** npm writes its own record last, so an install that was interrupted has none. */
function isInstalled() {
  const wanted = packagesIn('package-lock.json');
  const present = packagesIn('node_modules/.package-lock.json');
  if (!present) return false;
  return Object.entries(wanted).every(([place, { version, integrity, optional }]) => {
    if (place === '') return true;
    const found = present[place];
    return found ? found.version === version && found.integrity === integrity : optional === true;
  });
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(inRoot(file), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** `npm ci` deletes node_modules, so it must not run under the Node that lives in there. */
function npm() {
  const { npm_execpath: script, npm_node_execpath: npmNode } = process.env;
  const node = [npmNode, process.execPath].find((file) => file && !file.startsWith(inRoot('node_modules') + path.sep));
  return script && node && path.basename(script) === 'npm-cli.js' ? [node, [script]] : ['npm', []];
}
