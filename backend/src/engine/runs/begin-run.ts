import { createHash } from 'node:crypto';
import { isUniqueViolation, type Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { canonicalJson, sha256Hex } from '../../platform/http/canonical-json.js';
import type { QueueLane } from '../queue/queue.port.js';
import type { Saga } from './saga.js';

export interface Beginning<Input> {
  id: string;
  /** Business identity of the operation: the same key is the same run. */
  key: string;
  input: Input;
  /** What people call it. */
  title: string;
  /** Order is kept within a lane: one connection of one agency. */
  lane: string;
  createdBy: string;
  /** At most one run that has not ended may hold it. */
  exclusiveKey?: string;
  /** Whose turn it is among the agency's own runs: interactive work is `priority`, what nobody waits for is `bulk`. */
  queue?: QueueLane;
  /** Runs that are begun together, such as those of one batch. */
  groupId?: string;
}

export interface Begun {
  id: string;
  created: boolean;
}

/**
 * Writes the run and its steps in the caller's transaction. The same key gives the same run; the same key with another
 * input is refused (422), and so is a second run for an exclusive key that is still held (409).
 */
export async function beginRun<Input>(tx: Tx, saga: Saga<Input>, beginning: Beginning<Input>): Promise<Begun> {
  const { id, key, title, lane, createdBy, exclusiveKey = null, queue = 'default', groupId = null } = beginning;
  const requestHash = sha256Hex(canonicalJson(beginning.input));
  // Without it, two beginnings of one key at the same moment could meet at the exclusive key first, and one be refused.
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${tx.tenant}:${key}`]);
  const inserted = await tx
    .query<{ id: string }>(
      `INSERT INTO runs (agency_id, id, saga, version, title, op_key, request_hash, exclusive_key, state, queue, group_id, lane, input, created_by, background, event_seq)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'ready', $9, $10, $11, $12, $13, $14, 1) ON CONFLICT (agency_id, op_key) DO NOTHING RETURNING id`,
      [
        tx.tenant,
        id,
        saga.name,
        saga.version,
        title,
        key,
        requestHash,
        exclusiveKey,
        queue,
        groupId,
        lane,
        JSON.stringify(beginning.input),
        createdBy,
        saga.background ?? false,
      ],
    )
    .catch((error) => refuseExclusive(error));
  if (inserted.length === 0) return sameRun(tx, key, requestHash);
  const names = saga.steps.map((step) => step.step);
  await tx.query(
    `WITH steps AS (
       INSERT INTO run_steps (agency_id, run_id, ordinal, name, marker)
       SELECT $1, $2, s.ordinal, s.name, s.marker FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS s(name, marker, ordinal))
     INSERT INTO run_events (agency_id, run_id, seq, level, message, data) VALUES ($1, $2, 1, 'info', 'Job accepted', $5)`,
    [tx.tenant, id, names, names.map((_, index) => markerFor(id, index + 1)), JSON.stringify({ by: createdBy })],
  );
  return { id, created: true };
}

async function sameRun(tx: Tx, key: string, requestHash: string): Promise<Begun> {
  const [existing] = await tx.query<{ id: string; request_hash: string }>(
    'SELECT id, request_hash FROM runs WHERE agency_id = $1 AND op_key = $2',
    [tx.tenant, key],
  );
  if (existing.request_hash !== requestHash) {
    throw new AppError(
      'key-reused',
      'idempotency-key-reused',
      'This key was used for another request. Use a new key for a new request.',
    );
  }
  return { id: existing.id, created: false };
}

function refuseExclusive(error: unknown): never {
  if (!isUniqueViolation(error, 'runs_exclusive')) throw error;
  throw new AppError(
    'conflict',
    'already-under-way',
    'A job for the same thing is already under way. Watch that one, or cancel it first.',
    { cause: error },
  );
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
/** Sixteen letters and digits that belong to one step of one run and to nothing else. */
export function markerFor(runId: string, ordinal: number): string {
  return Array.from(
    createHash('sha256').update(`${runId}:${ordinal}`).digest().subarray(0, 16),
    (byte) => alphabet[byte & 31],
  ).join('');
}
