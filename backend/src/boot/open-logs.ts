import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { createLog, type Log } from '../platform/logging/index.js';

const FULL_BYTES = 20 * 1024 * 1024;

export interface Logs {
  readonly log: Log;
  /** One line of the database's own log. */
  postgres(line: string): void;
}

/** Everything goes to files in the data directory; what a person must see also goes to stderr. stdout stays theirs. */
export function openLogs(dataDir: string, level: string): Logs {
  const directory = join(dataDir, 'logs');
  mkdirSync(directory, { recursive: true });
  const [ours, postgres] = ['switchyard.log', 'postgres.log'].map((name) => join(directory, name));
  setAsideWhenFull(ours);
  setAsideWhenFull(postgres);
  const streams = [
    { level: 'debug' as const, stream: pino.destination({ dest: ours, sync: true }) },
    { level: 'warn' as const, stream: pino.destination({ dest: 2, sync: true }) },
  ];
  return {
    log: createLog(level, pino.multistream(streams)),
    postgres: (line) => appendFileSync(postgres, `${line}\n`),
  };
}

function setAsideWhenFull(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > FULL_BYTES) renameSync(file, `${file}.1`);
}
