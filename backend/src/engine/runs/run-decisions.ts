import { Injectable } from '@nestjs/common';
import { AuditTrail, isUniqueViolation, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import type { Principal } from '../../platform/http/principal.js';
import { reopenSteps, resumeUndo } from './reopen-steps.js';
import { RunGroups } from './run-groups.js';
import { RunMoves } from './run-moves.js';
import { endedRunStates } from './run-states.js';
import { RunViews } from './run-views.js';
import { RunEntity } from './run.entity.js';
import {
  type JobDetail,
  type RetriedJobs,
  type RetryJobs,
  type RunAction,
  type RunState,
  StoppedState,
} from './runs.schema.js';
import { SagaRegistry } from './saga-registry.js';
import { actionsFor } from './to-job-view.js';

/** What people decide about a job: retry, cancel, undo. Each is refused when the job's state does not allow it, and audited. */
@Injectable()
export class RunDecisions {
  constructor(
    private readonly transaction: Transaction,
    private readonly registry: SagaRegistry,
    private readonly views: RunViews,
    private readonly moves: RunMoves,
    private readonly groups: RunGroups,
    private readonly audit: AuditTrail,
  ) {}

  /** Goes on from the failed step, looks again, or repairs what was partial; also ends a needless wait. */
  async retry(tenant: TenantId, by: Principal, id: string): Promise<JobDetail> {
    return this.decide(tenant, by, id, 'retry', async (tx, run) => {
      if (run.direction === 'forward') await reopenSteps(tx, this.registry.find(run.saga, run.version)!, [id]);
      else await resumeUndo(tx, [id]);
      await this.setReady(tx, run, run.direction);
    });
  }

  /** Jobs that stopped for one cause, so many at a time; they go on in their queues' turn. */
  async retryMany(tenant: TenantId, by: Principal, which: RetryJobs): Promise<RetriedJobs> {
    const { code, step, state, limit } = which;
    const states = state ? [state] : StoppedState.options;
    return this.transaction.run(tenant, async (tx) => {
      const retried = await this.groups.retry(tx, null, by.actor, { code, step, states, limit });
      const [{ left }] = await tx.query<{ left: number }>(
        `SELECT count(*)::int AS left FROM runs WHERE agency_id = $1 AND attention IS NOT NULL AND state = ANY ($2)
         AND attention->>'code' = $3 AND ($4::text IS NULL OR attention->>'step' = $4)`,
        [tenant, states, code, step ?? null],
      );
      await this.audit.record(tx, {
        actor: by.actor,
        action: 'jobs.retry-many',
        object: 'jobs',
        data: { ...which, retried, left },
      });
      return { retried, left };
    });
  }

  /** Stops after the step in hand. A job that nobody carries is cancelled at once. */
  async cancel(tenant: TenantId, by: Principal, id: string): Promise<JobDetail> {
    return this.decide(tenant, by, id, 'cancel', async (tx, run) => {
      const change =
        run.state === 'needs-human'
          ? `state = 'cancelled', attention = NULL, finished_at = now()`
          : `cancel_requested_at = now(), run_at = CASE WHEN state = 'waiting' THEN now() ELSE run_at END`;
      await tx.query(`UPDATE runs SET ${change}, updated_at = now() WHERE agency_id = $1 AND id = $2`, [tenant, id]);
    });
  }

  /** Takes back what the job made, last step first. `confirm` is the job's title, typed by the person. */
  async undo(tenant: TenantId, by: Principal, id: string, confirm: string): Promise<JobDetail> {
    return this.decide(tenant, by, id, 'undo', async (tx, run) => {
      if (confirm.trim() !== run.title.trim()) {
        throw new AppError(
          'validation',
          'confirmation-differs',
          'Type the title of the job to confirm that its work shall be taken back.',
          {
            errors: [{ pointer: '/confirm', detail: `must be the title of the job: ${run.title}` }],
          },
        );
      }
      await this.setReady(tx, run, 'undo');
    });
  }

  private async decide(
    tenant: TenantId,
    by: Principal,
    id: string,
    action: RunAction,
    change: (tx: Tx, run: RunEntity) => Promise<void>,
  ): Promise<JobDetail> {
    try {
      return await this.transaction.run(tenant, async (tx) => {
        await tx.query('SELECT 1 FROM runs WHERE agency_id = $1 AND id = $2 FOR UPDATE', [tenant, id]);
        const run = await this.views.find(tx, id);
        const steps = await this.views.steps(tx, id);
        const saga = this.registry.find(run.saga, run.version);
        if (!saga || !actionsFor(run, steps, this.views.undoable(saga)).includes(action)) throw refusal(run, action);
        await change(tx, run);
        await this.moves.log(tx, run, lineFor[action], { by: by.actor });
        await this.audit.record(tx, {
          actor: by.actor,
          action: `jobs.${action}`,
          object: `run:${id}`,
          data: { title: run.title, from: run.state },
        });
        return this.views.detail(tx, id);
      });
    } catch (error) {
      if (isUniqueViolation(error, 'runs_exclusive')) {
        throw new AppError(
          'conflict',
          'already-under-way',
          'Another job for the same thing is under way. Wait for it, or cancel it first.',
          { cause: error },
        );
      }
      throw error;
    }
  }

  private async setReady(tx: Tx, run: RunEntity, direction: 'forward' | 'undo'): Promise<void> {
    await tx.query(
      `UPDATE runs SET state = 'ready', direction = $3, waiting_for = NULL, run_at = now(), attention = NULL, cancel_requested_at = NULL,
         finished_at = NULL, no_progress = 0, updated_at = now() WHERE agency_id = $1 AND id = $2`,
      [tx.tenant, run.id, direction],
    );
  }
}

const lineFor: Record<RunAction, string> = {
  retry: 'Retry asked for',
  cancel: 'Cancel asked for',
  undo: 'Undo asked for',
};

function refusal(run: RunEntity, action: RunAction): AppError {
  const ended = (endedRunStates as RunState[]).includes(run.state);
  const why = run.cancelRequestedAt
    ? 'it is being cancelled'
    : run.waitingFor === 'settle'
      ? 'the outcome of a call is still being looked for'
      : `it is ${run.state}`;
  return new AppError(
    'conflict',
    `cannot-${action}`,
    `This job cannot be ${pastOf[action]} now: ${why}.${ended ? '' : ' Look again when it has moved on.'}`,
  );
}
const pastOf: Record<RunAction, string> = { retry: 'retried', cancel: 'cancelled', undo: 'undone' };
