import type { TenantId } from '../database/index.js';
import type { Permission } from './permissions.js';

export type RoleName = 'admin' | 'operator' | 'viewer';

/** Who asks. Made by the identity module from a verified session or API key, and by nobody else. */
export interface Principal {
  readonly tenant: TenantId;
  /** `user:<id>` or `api-key:<id>`; what the audit trail records. */
  readonly actor: string;
  readonly name: string;
  readonly role: RoleName;
  readonly permissions: ReadonlySet<Permission>;
  /** Set for people only. */
  readonly userId?: string;
  readonly sessionId?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    principal?: Principal;
  }
}
