import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import type { Secret } from '../crypto/secret.js';
import type { Log } from '../logging/index.js';
import { commandOptions, subscriberOptions } from './redis-options.js';
import { RedisOutage } from './redis-outage.js';

/**
 * The one place that opens connections to Redis. What is in Redis may be lost at any moment, and nothing that serves a
 * request waits for it: a command is answered or has failed within a second.
 */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly opened = new Map<string, Redis>();
  private readonly outage: RedisOutage;

  /** Without an address there is one process, and nobody may ask for a connection. */
  constructor(
    private readonly url: Secret | undefined,
    log: Log,
  ) {
    this.outage = new RedisOutage(log);
  }

  get isConfigured(): boolean {
    return this.url !== undefined;
  }

  /** Shared by everybody whose commands are short. */
  get commands(): Redis {
    return this.opened.get('commands') ?? this.open('commands', commandOptions);
  }

  /** A connection that only listens; what it is subscribed to comes back with Redis. */
  subscriber(name: string): Redis {
    return this.open(name, subscriberOptions);
  }

  /** For a library that needs connections of its own, with options that it cannot do without. */
  connect(name: string, differently: RedisOptions): Redis {
    return this.open(name, { ...commandOptions, ...differently });
  }

  onApplicationShutdown(): void {
    for (const connection of this.opened.values()) connection.disconnect();
  }

  private open(name: string, options: RedisOptions): Redis {
    if (!this.url) throw new Error('REDIS_URL is not set.');
    if (this.opened.has(name)) throw new Error(`There is a connection ${name} already.`);
    const connection = new Redis(this.url.reveal(), { ...options, connectionName: `switchyard-${name}` });
    this.outage.watch(connection, name);
    this.opened.set(name, connection);
    return connection;
  }
}
