import type { Redis } from 'ioredis';
import type { Log } from '../logging/index.js';

/** One process has several connections, and an outage cuts them all: it is told once, and so is its end. */
export class RedisOutage {
  private readonly away = new Set<Redis>();
  private since = 0;

  constructor(private readonly log: Log) {}

  watch(connection: Redis, name: string): void {
    connection.on('error', (error: Error) => this.begin(connection, name, error.message));
    connection.on('close', () => this.begin(connection, name, 'The connection was closed.'));
    connection.on('ready', () => this.end(connection));
    connection.on('end', () => this.away.delete(connection)); // closed by ourselves
  }

  private begin(connection: Redis, name: string, cause: string): void {
    if (connection.status === 'end') return;
    if (this.away.size === 0) {
      this.since = performance.now();
      this.log.warn('Redis is away; work goes on without it', { connection: name, cause });
    }
    this.away.add(connection);
  }

  private end(connection: Redis): void {
    if (!this.away.delete(connection) || this.away.size > 0) return;
    this.log.info('Redis is back', { ms: Math.round(performance.now() - this.since) });
  }
}
