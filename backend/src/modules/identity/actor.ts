import { AuditTrail, type TenantId } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';

/** Who makes a change: a Principal, or `system` on the command line. */
export interface Actor {
  readonly tenant: TenantId;
  readonly actor: string;
  readonly userId?: string;
}

/** A refused attempt changes nothing and is rolled back; that it was made is recorded all the same. */
export async function recordingDenials<Result>(
  audit: AuditTrail,
  by: Actor,
  what: { action: string; object: string },
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    const denied = error instanceof AppError && (error.kind === 'forbidden' || error.kind === 'conflict');
    if (denied)
      await audit.recordAlone(by.tenant, { actor: by.actor, ...what, outcome: 'denied', data: { code: error.code } });
    throw error;
  }
}
