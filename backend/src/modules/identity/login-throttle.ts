import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AppError } from '../../platform/errors/index.js';
import { sha256Hex } from '../../platform/http/index.js';

/** After `free` failures within a quarter of an hour each further one doubles the wait, up to `longest` seconds. */
interface Limit {
  key: Buffer;
  free: number;
  longest: number;
}

/**
 * Slows down guessing. An account is only ever closed for moments, and longest for the address that guesses:
 * nobody can shut somebody else out. Known and unknown accounts are treated alike.
 */
@Injectable()
export class LoginThrottle {
  constructor(private readonly dataSource: DataSource) {}

  /** Counts an attempt before it is looked at, so that many at once are no way around the limit. */
  async attempt(account: string, address: string): Promise<void> {
    for (const { key, free, longest } of limitsOf(account, address)) {
      const counted = await this.dataSource.query<unknown[]>(countAttempt, [key, free, longest]);
      if (counted.length === 0) throw await this.refusal(key);
    }
  }

  /** The attempt was a sign-in: forget it, and what has long passed with it. */
  async succeeded(account: string, address: string): Promise<void> {
    const [pair, whole, from] = limitsOf(account, address);
    await this.dataSource.query('DELETE FROM login_throttle WHERE key = ANY($1)', [[pair.key, whole.key]]);
    await this.dataSource.query(
      'UPDATE login_throttle SET failures = failures - 1, blocked_until = NULL WHERE key = $1 AND failures > 0',
      [from.key],
    );
    await this.dataSource.query(
      `DELETE FROM login_throttle WHERE key IN (
         SELECT key FROM login_throttle WHERE window_started_at < now() - interval '1 day' LIMIT 100 FOR UPDATE SKIP LOCKED)`,
    );
  }

  private async refusal(key: Buffer): Promise<AppError> {
    const [row] = await this.dataSource.query<{ ms: number }[]>(
      'SELECT greatest(1000, extract(epoch FROM blocked_until - now()) * 1000)::float8 AS ms FROM login_throttle WHERE key = $1',
      [key],
    );
    return new AppError(
      'rate-limited',
      'sign-in-throttled',
      'Too many failed attempts. Wait a moment, then try again.',
      { retryAfterMs: row?.ms ?? 1_000 },
    );
  }
}

function limitsOf(account: string, address: string): [Limit, Limit, Limit] {
  const who = account.trim().toLowerCase();
  return [
    { key: keyOf('pair', `${address} ${who}`), free: 10, longest: 300 },
    { key: keyOf('account', who), free: 50, longest: 30 },
    { key: keyOf('address', address), free: 100, longest: 300 },
  ];
}

const keyOf = (kind: string, text: string) => Buffer.from(sha256Hex(`${kind}:${text}`), 'hex');

const countAttempt = `
  INSERT INTO login_throttle AS t (key, failures, window_started_at) VALUES ($1, 1, now())
  ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN t.window_started_at < now() - interval '15 minutes' THEN 1 ELSE t.failures + 1 END,
    window_started_at = CASE WHEN t.window_started_at < now() - interval '15 minutes' THEN now() ELSE t.window_started_at END,
    blocked_until = CASE WHEN t.window_started_at < now() - interval '15 minutes' OR t.failures + 1 < $2::int THEN NULL
      ELSE now() + least($3::int, power(2, least(20, t.failures + 1 - $2::int))) * interval '1 second' END
  WHERE t.blocked_until IS NULL OR t.blocked_until <= now()
  RETURNING 1`;
