import type { TenantId } from './tenant-id.js';
import type { Tx } from './transaction.js';

export interface AuditEntry {
  /** Who: `user:<id>`, `api-key:<id>` or `system`. */
  actor: string;
  /** What, such as `provisioning.start`. */
  action: string;
  /** On what, such as `run:<id>`. */
  object?: string;
  outcome?: 'ok' | 'denied' | 'failed';
  /** Facts worth keeping; no secrets and no more personal data than needed. */
  data?: Record<string, unknown>;
}

/** The record of who changed what. `record` is part of the caller's transaction: no change without its entry, and the reverse. */
export abstract class AuditTrail {
  abstract record(tx: Tx, entry: AuditEntry): Promise<void>;
  /** For attempts that changed nothing, and so have no transaction of their own. */
  abstract recordAlone(tenant: TenantId, entry: AuditEntry): Promise<void>;
}
