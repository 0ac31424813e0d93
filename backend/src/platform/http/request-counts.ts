import { Injectable } from '@nestjs/common';
import { InjectThrottlerStorage, type ThrottlerStorage } from '@nestjs/throttler';
import { Clock } from '../clock/clock.js';
import { RedisConnections } from '../redis/index.js';

type Counted = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** After a Redis that did not answer nobody waits for it again at once. */
const LEAVE_ALONE_MS = 5_000;

/** Counts in windows by Redis' clock; whoever counts first in one says when it ends. */
const countScript = `
local hits = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return { hits, left }`;

/** How often somebody has asked: over all processes while Redis is there, in this one while it is not. */
@Injectable()
export class RequestCounts implements ThrottlerStorage {
  private aloneUntil = 0;

  constructor(
    @InjectThrottlerStorage() private readonly own: ThrottlerStorage,
    private readonly redis: RedisConnections,
    private readonly clock: Clock,
  ) {}

  async increment(key: string, ttl: number, limit: number, blockDuration: number, name: string): Promise<Counted> {
    return (await this.counted(key, ttl, limit)) ?? this.own.increment(key, ttl, limit, blockDuration, name);
  }

  private async counted(key: string, ttl: number, limit: number): Promise<Counted | undefined> {
    if (!this.redis.isConfigured || this.clock.monotonic() < this.aloneUntil) return undefined;
    try {
      const asked = this.redis.commands.eval(countScript, 1, `switchyard:requests:${key}`, ttl);
      const [totalHits, leftMs] = (await asked) as [number, number];
      const timeToExpire = Math.max(1, Math.ceil(leftMs / 1_000));
      return { totalHits, timeToExpire, isBlocked: totalHits > limit, timeToBlockExpire: timeToExpire };
    } catch {
      this.aloneUntil = this.clock.monotonic() + LEAVE_ALONE_MS; // the outage was told by the connection
      return undefined;
    }
  }
}
