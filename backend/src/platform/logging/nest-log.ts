import type { LoggerService } from '@nestjs/common';
import type { Log } from './log.js';

/** Nest's own lines as ours: its words become a field, because messages are constant. */
export class NestLog implements LoggerService {
  constructor(private readonly sink: Log) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.sink.debug('Nest says', this.fieldsOf(message, rest));
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.sink.debug('Nest says', this.fieldsOf(message, rest));
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.sink.debug('Nest says', this.fieldsOf(message, rest));
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.sink.warn('Nest warns', this.fieldsOf(message, rest));
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.sink.error('Nest reports an error', this.fieldsOf(message, rest));
  }

  private fieldsOf(message: unknown, rest: unknown[]) {
    return { says: message, context: rest.at(-1), ...(rest.length > 1 && { more: rest.slice(0, -1) }) };
  }
}
