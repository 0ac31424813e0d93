import { Injectable } from '@nestjs/common';
import { SealedColumns } from '../crypto/sealed-columns.js';
import { Secret } from '../crypto/secret.js';
import { Vault } from '../crypto/vault.js';
import type { Tx } from '../database/index.js';
import { AppError } from '../errors/index.js';
import { canonicalJson, sha256Hex } from './canonical-json.js';
import { requestContext } from './request-context.js';
import type { Key } from './request-parameters.js';

export interface NamedRequest {
  /** Without a key the request acts every time. */
  key: Key;
  /** The operation, such as `createUser`. */
  route: string;
  /** What was asked, and by whom when the answer is for that person only. */
  request: unknown;
}

const KEPT = '48 hours';
const FORGOTTEN_AT_ONCE = 100;

/**
 * Makes a repeated request act once: the key is written in the transaction of the effect, so that both happen or
 * neither does. A failed request leaves nothing behind and may be repeated.
 */
@Injectable()
export class Idempotency {
  constructor(
    private readonly vault: Vault,
    sealed: SealedColumns,
  ) {
    sealed.add({ table: 'idempotency_keys', column: 'answer', key: { key: 'text' } });
  }

  async once<Answer>(tx: Tx, { key, route, request }: NamedRequest, act: () => Promise<Answer>): Promise<Answer> {
    if (key === undefined) return act();
    await this.claim(tx, key);
    const requestHash = sha256Hex(canonicalJson([route, request]));
    const [earlier] = await tx.query<Earlier>(
      'SELECT request_hash AS "requestHash", answer FROM idempotency_keys WHERE agency_id = $1 AND key = $2',
      [tx.tenant, key],
    );
    return earlier ? this.replay<Answer>(tx, key, requestHash, earlier) : this.first(tx, key, route, requestHash, act);
  }

  /** The same request at this moment in another transaction holds the lock until its effect is committed. */
  private async claim(tx: Tx, key: string): Promise<void> {
    const [{ mine }] = await tx.query<{ mine: boolean }>(
      'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS mine',
      [`${tx.tenant}|${key}`],
    );
    if (!mine)
      throw new AppError(
        'conflict',
        'request-in-flight',
        'The same request is being worked on. Ask again in a moment.',
        { retryAfterMs: 1_000 },
      );
  }

  private async first<Answer>(
    tx: Tx,
    key: string,
    route: string,
    requestHash: string,
    act: () => Promise<Answer>,
  ): Promise<Answer> {
    await this.forgetOld(tx);
    await tx.query('INSERT INTO idempotency_keys (agency_id, key, route, request_hash) VALUES ($1, $2, $3, $4)', [
      tx.tenant,
      key,
      route,
      requestHash,
    ]);
    const answer = await act();
    const sealed = await this.vault.seal(tx, placeOf(key), new Secret(JSON.stringify(answer)));
    await tx.query('UPDATE idempotency_keys SET answer = $3 WHERE agency_id = $1 AND key = $2', [
      tx.tenant,
      key,
      sealed,
    ]);
    return answer;
  }

  private async replay<Answer>(tx: Tx, key: string, requestHash: string, earlier: Earlier): Promise<Answer> {
    if (earlier.requestHash !== requestHash) {
      throw new AppError(
        'key-reused',
        'idempotency-key-reused',
        'This Idempotency-Key was used for another request. Use a new key.',
      );
    }
    const context = requestContext.getStore();
    if (context) context.answerHeaders['idempotency-replayed'] = 'true';
    return JSON.parse((await this.vault.open(tx, placeOf(key), earlier.answer)).reveal()) as Answer;
  }

  private async forgetOld(tx: Tx): Promise<void> {
    await tx.query(
      `DELETE FROM idempotency_keys WHERE agency_id = $1 AND key IN (
         SELECT key FROM idempotency_keys WHERE agency_id = $1 AND created_at < now() - $2::interval LIMIT $3 FOR UPDATE SKIP LOCKED)`,
      [tx.tenant, KEPT, FORGOTTEN_AT_ONCE],
    );
  }
}

interface Earlier {
  requestHash: string;
  answer: string;
}

const placeOf = (key: string) => ({ table: 'idempotency_keys', column: 'answer', row: key });
