import type { Tx } from '../../platform/database/index.js';
import type { Saga } from './saga.js';

/**
 * Lets the steps of these runs be asked for once more: the failed step anew; one whose outcome is unclear is looked at first;
 * a partial one is repaired, with what follows from it. All of them are runs of this saga, on their way forward.
 */
export async function reopenSteps(tx: Tx, saga: Saga, runIds: readonly string[]): Promise<void> {
  await tx.query(
    `WITH judged AS (
       SELECT s.run_id, s.ordinal,
         s.state = 'needs-human' AND p.repeat <> 'at-once' AS look,
         s.state = 'rejected' OR (s.state = 'needs-human' AND p.repeat = 'at-once') AS again,
         r.state = 'done' AND s.ordinal >= min(s.ordinal) FILTER (WHERE s.state = 'partial') OVER (PARTITION BY s.run_id)
           AND p.repeat <> 'on-evidence' AS repair
       FROM runs r
       JOIN run_steps s ON s.agency_id = r.agency_id AND s.run_id = r.id
       JOIN unnest($3::text[]) WITH ORDINALITY AS p(repeat, ordinal) ON p.ordinal = s.ordinal
       WHERE r.agency_id = $1 AND r.id = ANY ($2))
     UPDATE run_steps s SET
       state = CASE WHEN j.look THEN 'unknown' ELSE 'planned' END, retries = 0, looks = 0, error = NULL, finished_at = NULL,
       evidence = CASE WHEN s.state = 'partial' THEN coalesce(s.evidence, '{}') || '{"repairing": true}' ELSE s.evidence END,
       -- A person's word: once more when it left no trace; once, and once more on evidence, when it was refused.
       issues_allowed = greatest(s.issues_allowed, s.issue_count + CASE WHEN j.look THEN 1 ELSE 2 END)
     FROM judged j
     WHERE s.agency_id = $1 AND s.run_id = j.run_id AND s.ordinal = j.ordinal AND (j.look OR j.again OR coalesce(j.repair, false))`,
    [tx.tenant, runIds, saga.steps.map(({ repeat }) => repeat)],
  );
}

/** Undoing that stopped goes on where it stopped. */
export async function resumeUndo(tx: Tx, runIds: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE run_steps SET retries = 0, error = NULL WHERE agency_id = $1 AND run_id = ANY ($2) AND state = 'undoing'`,
    [tx.tenant, runIds],
  );
}
