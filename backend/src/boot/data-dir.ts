import { accessSync, constants, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { supervisorState } from '../platform/database/embedded-postgres/supervisor-lock.js';
import { readRunningFile } from './running-file.js';
import { StartRefused } from './running-process.js';

/** The data directory, made when missing; refused when it cannot be written or another start uses it. */
export function takeDataDir(given: string): string {
  const dataDir = resolve(given);
  try {
    // Postgres runs under an account of its own when we are root, and must be able to enter.
    mkdirSync(dataDir, { recursive: true, mode: 0o755 });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartRefused(
      `The data directory ${dataDir} cannot be used: ${(error as Error).message}. Choose another one with DATA_DIR.`,
    );
  }
  if (supervisorState(dataDir) === 'alive') {
    const at = readRunningFile(dataDir)?.publicUrl;
    throw new StartRefused(
      `Switchyard is already running with the data in ${dataDir}${at ? `: open ${at}` : ''}. Stop it first, or choose another directory with DATA_DIR.`,
    );
  }
  return dataDir;
}
