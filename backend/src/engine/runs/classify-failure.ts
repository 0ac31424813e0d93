import { fromDatabaseError } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import type { Attention } from './runs.schema.js';
import type { Repeat } from './saga.js';

/**
 * What was thrown, as an AppError whose kind can be trusted. Something unforeseen says nothing about whether the effect
 * happened: for a step that must not be repeated it is an unknown outcome, for any other it is a bug of ours – unless our
 * own database was away for a moment.
 */
export function asFailure(thrown: unknown, repeat: Repeat): AppError {
  if (thrown instanceof AppError) {
    if (thrown.kind === 'unknown-outcome' && repeat === 'at-once') {
      return new AppError('transient', thrown.code, thrown.detail, { evidence: thrown.evidence, cause: thrown });
    }
    return thrown;
  }
  const detail = 'An unforeseen error in this step. It is in the server log under the job id.';
  if (repeat !== 'at-once') return new AppError('unknown-outcome', 'unforeseen', detail, { cause: thrown });
  return fromDatabaseError(thrown) ?? new AppError('bug', 'unforeseen', detail, { cause: thrown });
}

export const errorRow = (failure: AppError) => ({
  kind: failure.kind,
  code: failure.code,
  detail: failure.detail,
  ...(failure.evidence ? { evidence: failure.evidence } : {}),
});

export function attentionFor(failure: AppError, step: string, nextAction: string): Attention {
  return { code: failure.code, cause: failure.detail, nextAction, step };
}
