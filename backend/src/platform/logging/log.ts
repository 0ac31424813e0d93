import { Injectable } from '@nestjs/common';
import type { Logger } from 'pino';

export type LogFields = Record<string, unknown>;

/** Messages are constant sentences; whatever varies is a field: `log.info('A run was claimed', { runId })`. */
@Injectable()
export class Log {
  constructor(private readonly pino: Logger) {}

  debug(message: string, fields: LogFields = {}): void {
    this.pino.debug(fields, message);
  }
  info(message: string, fields: LogFields = {}): void {
    this.pino.info(fields, message);
  }
  warn(message: string, fields: LogFields = {}): void {
    this.pino.warn(fields, message);
  }
  error(message: string, fields: LogFields = {}): void {
    this.pino.error(fields, message);
  }
}
