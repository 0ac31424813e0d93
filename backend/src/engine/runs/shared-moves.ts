import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { TenantId } from '../../platform/database/index.js';
import { RedisConnections } from '../../platform/redis/index.js';
import type { RunMoved } from './live-runs.js';

const CHANNEL = 'switchyard:moves';
/** What moves within this time travels together, one entry for each run. */
const GATHER_MS = 20;

const Message = z.object({
  from: z.string(),
  moves: z.array(z.object({ tenant: z.string(), runId: z.string(), lastSeq: z.number(), changed: z.boolean() })),
});

/**
 * Hints between processes that runs moved, through Redis. Each may be lost: whoever watches a run reads from its own
 * cursor, and looks by itself once a second.
 */
@Injectable()
export class SharedMoves {
  private readonly process = randomUUID();
  private readonly gathered = new Map<string, RunMoved>();
  private sending?: NodeJS.Timeout;

  constructor(private readonly redis: RedisConnections) {}

  tell(move: RunMoved): void {
    if (!this.redis.isConfigured) return;
    const key = `${move.tenant}|${move.runId}`;
    const earlier = this.gathered.get(key);
    this.gathered.set(key, {
      ...move,
      lastSeq: Math.max(move.lastSeq, earlier?.lastSeq ?? 0),
      changed: move.changed || earlier?.changed === true,
    });
    this.sending ??= setTimeout(() => this.send(), GATHER_MS);
  }

  /** From now on other processes' moves are heard. Only a process that has viewers needs them. */
  listen(hear: (move: RunMoved) => void): void {
    if (!this.redis.isConfigured) return;
    const subscriber = this.redis.subscriber('moves');
    subscriber.on('message', (_channel, text) => this.receive(text, hear));
    subscriber.subscribe(CHANNEL).catch(() => undefined); // it comes back with Redis
  }

  private send(): void {
    this.sending = undefined;
    const moves = [...this.gathered.values()];
    this.gathered.clear();
    const { commands } = this.redis;
    if (commands.status !== 'ready') return;
    commands.publish(CHANNEL, JSON.stringify({ from: this.process, moves })).catch(() => undefined);
  }

  private receive(text: string, hear: (move: RunMoved) => void): void {
    const message = readMessage(text);
    if (!message || message.from === this.process) return;
    for (const move of message.moves) hear({ ...move, tenant: move.tenant as TenantId });
  }
}

/** A newer release may say more; what cannot be read is a lost hint. */
function readMessage(text: string): z.output<typeof Message> | undefined {
  try {
    return Message.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
