import type { IncomingHttpHeaders } from 'node:http';
import { fastifyCookie } from '@fastify/cookie';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { hashOf, sameBytes, Secret } from '../../platform/crypto/index.js';
import { type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import type { Principal, RoleName } from '../../platform/http/index.js';
import { parseApiKey } from './api-key-format.js';
import { permissionsOf } from './roles.js';
import { SessionCookie } from './session-cookie.js';

/** A session ends when nobody used it for this long, and at its `expires_at` in any case. */
const IDLE = `interval '12 hours'`;
const SEEN_AGAIN_AFTER = `interval '1 minute'`;

/** Turns credentials into a Principal. Sees across agencies only through the definer functions of the identity tables. */
@Injectable()
export class AuthenticationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: Transaction,
    private readonly cookie: SessionCookie,
  ) {}

  /** For WebSocket and SSE handshakes, where no guard runs. Undefined: refuse. */
  async authenticateHandshake(headers: IncomingHttpHeaders): Promise<Principal | undefined> {
    if (headers.authorization !== undefined) return this.byApiKey(headers.authorization);
    return this.bySession(fastifyCookie.parse(headers.cookie ?? '')[this.cookie.name]);
  }

  async bySession(token: string | undefined): Promise<Principal | undefined> {
    if (!token || token.length > 100) return undefined;
    const [found] = await this.dataSource.query<FoundSession[]>(
      'SELECT agency_id, session_id FROM identity_session($1)',
      [hashOf(new Secret(token))],
    );
    return found && this.transaction.run(found.agency_id, (tx) => this.personOf(tx, found.session_id));
  }

  /** Reads the Authorization header only: a key in an address ends up in logs, so it is not looked for there. */
  async byApiKey(authorization: string | undefined): Promise<Principal | undefined> {
    const [, text] = /^Bearer (\S{1,200})$/i.exec(authorization ?? '') ?? [];
    const parts = text ? parseApiKey(text) : undefined;
    if (!parts) return undefined;
    const rows = await this.dataSource.query<FoundKey[]>(
      'SELECT agency_id, id, secret_hash FROM identity_api_key($1)',
      [parts.prefix],
    );
    const found = rows.find((row) => sameBytes(row.secret_hash, hashOf(parts.secret)));
    return found && this.transaction.run(found.agency_id, (tx) => this.keyHolderOf(tx, found.id));
  }

  /** Is what this principal was made from still good, with the same role? For connections that outlive a request. */
  async stillValid(principal: Principal): Promise<boolean> {
    const present = await this.transaction.run(principal.tenant, (tx) =>
      principal.sessionId
        ? this.personOf(tx, principal.sessionId)
        : this.keyHolderOf(tx, principal.actor.replace(/^api-key:/, '')),
    );
    return present?.actor === principal.actor && present.role === principal.role;
  }

  private async personOf(tx: Tx, sessionId: string): Promise<Principal | undefined> {
    const [row] = await tx.query<Holder & { stale: boolean }>(
      `SELECT u.id, u.name, u.role, s.last_seen_at < now() - ${SEEN_AGAIN_AFTER} AS stale
       FROM sessions s JOIN users u ON u.agency_id = s.agency_id AND u.id = s.user_id
       WHERE s.agency_id = $1 AND s.id = $2 AND s.expires_at > now() AND s.last_seen_at > now() - ${IDLE} AND u.disabled_at IS NULL`,
      [tx.tenant, sessionId],
    );
    if (row?.stale)
      await tx.query('UPDATE sessions SET last_seen_at = now() WHERE agency_id = $1 AND id = $2', [
        tx.tenant,
        sessionId,
      ]);
    return row && { ...principalOf(tx.tenant, `user:${row.id}`, row), userId: row.id, sessionId };
  }

  private async keyHolderOf(tx: Tx, id: string): Promise<Principal | undefined> {
    const [row] = await tx.query<Holder & { stale: boolean }>(
      `SELECT id, name, role, last_used_at IS NULL OR last_used_at < now() - ${SEEN_AGAIN_AFTER} AS stale FROM api_keys
       WHERE agency_id = $1 AND id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
      [tx.tenant, id],
    );
    if (row?.stale)
      await tx.query('UPDATE api_keys SET last_used_at = now() WHERE agency_id = $1 AND id = $2', [tx.tenant, id]);
    return row && principalOf(tx.tenant, `api-key:${row.id}`, row);
  }
}

interface Holder {
  id: string;
  name: string;
  role: RoleName;
}
interface FoundSession {
  agency_id: TenantId;
  session_id: string;
}
interface FoundKey {
  agency_id: TenantId;
  id: string;
  secret_hash: Buffer;
}

const principalOf = (tenant: TenantId, actor: string, { name, role }: Holder): Principal => ({
  tenant,
  actor,
  name,
  role,
  permissions: permissionsOf(role),
});
