import { Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { RedisConnections } from './redis-connections.js';

const ANSWER_MS = 1_000;

/** Is Redis there? Answers within two seconds, whatever Redis does. */
@Injectable()
export class RedisHealth {
  private readonly tried: Promise<void>;

  /** Connects before the first question: a process that has just begun would say down. */
  constructor(private readonly connections: RedisConnections) {
    this.tried = connections.isConfigured ? firstTry(connections.commands) : Promise.resolve();
  }

  /** `absent`: this is the only process, and needs none. */
  async state(): Promise<'up' | 'down' | 'absent'> {
    if (!this.connections.isConfigured) return 'absent';
    return (await this.isUp()) ? 'up' : 'down';
  }

  async isUp(): Promise<boolean> {
    if (!this.connections.isConfigured) return false;
    await this.tried;
    try {
      await this.connections.commands.ping();
      return true;
    } catch {
      return false; // the outage was told by the connection
    }
  }
}

/** Resolves when the first connection is there, was refused, or takes too long. */
function firstTry(connection: Redis): Promise<void> {
  if (connection.status === 'ready') return Promise.resolve();
  return new Promise((resolve) => {
    connection.once('ready', resolve);
    connection.once('close', resolve);
    setTimeout(resolve, ANSWER_MS).unref();
  });
}
