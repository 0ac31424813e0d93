import { Injectable } from '@nestjs/common';
import { RedisConnections } from './redis-connections.js';

/** Is Redis there? Answers within a second, whatever Redis does. */
@Injectable()
export class RedisHealth {
  constructor(private readonly connections: RedisConnections) {
    // Opened before the first question: a connection under way is no connection yet.
    if (connections.isConfigured) void connections.commands;
  }

  /** `absent`: this is the only process, and needs none. */
  async state(): Promise<'up' | 'down' | 'absent'> {
    if (!this.connections.isConfigured) return 'absent';
    return (await this.isUp()) ? 'up' : 'down';
  }

  async isUp(): Promise<boolean> {
    if (!this.connections.isConfigured) return false;
    try {
      await this.connections.commands.ping();
      return true;
    } catch {
      return false; // the outage was told by the connection
    }
  }
}
