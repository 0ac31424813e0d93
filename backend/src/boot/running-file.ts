import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Secret } from '../platform/crypto/index.js';

/** Where a running `npm start` can be reached; the command line reads it. */
const RunningFile = z.object({
  publicUrl: z.string(),
  databaseUrl: z.string(),
  databaseOwnerUrl: z.string().optional(),
});
export type RunningFile = z.output<typeof RunningFile>;

const fileIn = (dataDir: string) => join(dataDir, 'running.json');

export function writeRunningFile(
  dataDir: string,
  at: { publicUrl: string; databaseUrl: Secret; databaseOwnerUrl?: Secret },
): void {
  const text: RunningFile = {
    publicUrl: at.publicUrl,
    databaseUrl: at.databaseUrl.reveal(),
    databaseOwnerUrl: at.databaseOwnerUrl?.reveal(),
  };
  writeFileSync(fileIn(dataDir), JSON.stringify(text), { mode: 0o600 });
}

export function readRunningFile(dataDir: string): RunningFile | undefined {
  try {
    return RunningFile.parse(JSON.parse(readFileSync(fileIn(dataDir), 'utf8')));
  } catch {
    return undefined; // nothing runs here
  }
}

export const removeRunningFile = (dataDir: string) => rmSync(fileIn(dataDir), { force: true });
