import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { canRunTheProduct } from './node-version.mjs';
import { root, tool } from './paths.mjs';
import { StepFailed } from './step-failed.mjs';

/** The Node that npm installed with everything else; on a platform without that package, ours if it is new enough. */
export function pinnedNode() {
  const pinned = tool('node');
  if (existsSync(pinned) && spawnSync(pinned, ['--version']).status === 0) return pinned;
  if (canRunTheProduct(process.versions.node)) return process.execPath;
  throw new StepFailed(
    `npm has no Node for ${process.platform}-${process.arch} that runs here, and this is Node ${process.versions.node}. ` +
      'Install Node 24.9 or newer from https://nodejs.org and run the command again.',
  );
}

/** The environment in which installed tools find the pinned Node before any other. */
export const toolEnv = () => ({
  ...process.env,
  PATH: `${path.join(root, 'node_modules/.bin')}${path.delimiter}${process.env.PATH ?? ''}`,
  NG_CLI_ANALYTICS: 'false',
});
