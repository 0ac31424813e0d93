import { type DestinationStream, pino } from 'pino';
import { contextFields } from './log-context.js';
import { Log } from './log.js';
import { redact } from './redact.js';

/** One JSON object per line on stdout. JSON escapes line breaks and control characters, so no field can forge a line. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: undefined,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    mixin: contextFields,
    // pino's own serializers would read errors and requests before `redact` does
    serializers: { err: (error: unknown) => error },
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: object) => redact(fields) as Record<string, unknown>,
    },
    messageKey: 'message',
  };
  return new Log(destination ? pino(options, destination) : pino(options));
}
