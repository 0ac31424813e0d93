import type { Tx } from '../../platform/database/index.js';
import { canonicalJson, sha256Hex } from '../../platform/http/canonical-json.js';
import type { QueueLane } from '../queue/queue.port.js';
import { type Beginning, markerFor } from './begin-run.js';
import type { Saga } from './saga.js';

export interface ManyBegun {
  begun: string[];
  /** Ids that were offered and not begun: their key or their exclusive key is taken. */
  refused: string[];
}

/**
 * Writes many runs with their steps in the caller's transaction, by a few statements however many there are. They are due
 * one after the other, in the order given. One whose key or exclusive key is taken is left out and told.
 */
export async function beginMany<Input>(
  tx: Tx,
  saga: Saga<Input>,
  beginnings: readonly Omit<Beginning<Input>, 'queue' | 'groupId'>[],
  { queue, groupId }: { queue: QueueLane; groupId: string },
): Promise<ManyBegun> {
  const rows = beginnings.map(({ id, key, input, title, lane, createdBy, exclusiveKey = null }, place) => ({
    ...{ id, key, input, title, lane, place, created_by: createdBy, exclusive_key: exclusiveKey },
    request_hash: sha256Hex(canonicalJson(input)),
  }));
  const inserted = await tx.query<{ id: string }>(
    `INSERT INTO runs (agency_id, id, saga, version, title, op_key, request_hash, exclusive_key, state, queue, group_id, lane, input,
       created_by, background, event_seq, run_at)
     SELECT $1, e.id, $2, $3, e.title, e.key, e.request_hash, e.exclusive_key, 'ready', $4, $5, e.lane, e.input,
       e.created_by, $6, 1, now() + e.place * interval '1 microsecond'
     FROM jsonb_to_recordset($7::jsonb) AS e(id uuid, key text, title text, request_hash text, exclusive_key text, lane text, input jsonb,
       created_by text, place int)
     ORDER BY e.place ON CONFLICT DO NOTHING RETURNING id`,
    [tx.tenant, saga.name, saga.version, queue, groupId, saga.background ?? false, JSON.stringify(rows)],
  );
  const begun = inserted.map(({ id }) => id);
  await insertSteps(tx, saga, begun);
  await tx.query(
    `WITH accepted AS (
       INSERT INTO run_events (agency_id, run_id, seq, level, message, data)
       SELECT $1, r.id, 1, 'info', 'Job accepted', jsonb_build_object('by', r.created_by) FROM runs r WHERE r.agency_id = $1 AND r.id = ANY ($2))
     INSERT INTO outbox (agency_id, type, payload)
     SELECT $1, 'run.state-changed', jsonb_build_object('runId', b.id, 'saga', $3::text, 'from', NULL, 'to', 'ready') FROM unnest($2::uuid[]) AS b(id)`,
    [tx.tenant, begun, saga.name],
  );
  const known = new Set(begun);
  return { begun, refused: rows.flatMap(({ id }) => (known.has(id) ? [] : [id])) };
}

async function insertSteps(tx: Tx, saga: Saga<never> | Saga, ids: string[]): Promise<void> {
  const steps = ids.flatMap((id) =>
    saga.steps.map(({ step }, index) => ({ id, ordinal: index + 1, step, marker: markerFor(id, index + 1) })),
  );
  await tx.query(
    `INSERT INTO run_steps (agency_id, run_id, ordinal, name, marker)
     SELECT $1, s.id, s.ordinal, s.name, s.marker FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[]) AS s(id, ordinal, name, marker)`,
    [
      tx.tenant,
      steps.map(({ id }) => id),
      steps.map(({ ordinal }) => ordinal),
      steps.map(({ step }) => step),
      steps.map(({ marker }) => marker),
    ],
  );
}
