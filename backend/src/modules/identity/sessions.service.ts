import { Injectable } from '@nestjs/common';
import { Ids } from '../../platform/clock/clock.js';
import { hashOf, newToken, Passwords, Secret } from '../../platform/crypto/index.js';
import { AuditTrail, Transaction, type Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import type { Principal } from '../../platform/http/index.js';
import { AgenciesService } from '../tenancy/index.js';
import { AccessChanges } from './access-changes.js';
import type { SessionView, SetPassword } from './identity.schema.js';
import { LoginThrottle } from './login-throttle.js';
import { permissionsOf } from './roles.js';
import type { OpenedSession } from './session-cookie.js';
import { Session } from './session.entity.js';
import type { SignedIn } from './sign-in.service.js';
import { User } from './user.entity.js';

/** Sessions end after this time however busy they are. */
const LONGEST = `interval '7 days'`;

@Injectable()
export class SessionsService {
  constructor(
    private readonly transaction: Transaction,
    private readonly agencies: AgenciesService,
    private readonly passwords: Passwords,
    private readonly throttle: LoginThrottle,
    private readonly access: AccessChanges,
    private readonly audit: AuditTrail,
    private readonly ids: Ids,
  ) {}

  /** Always a new id; the one the browser came with, whoever put it there, ends. */
  async open({ tenant, userId, via }: SignedIn, previous: string | undefined): Promise<OpenedSession<SessionView>> {
    return this.transaction.run(tenant, async (tx) => {
      if (previous) await tx.manager.delete(Session, { agencyId: tenant, tokenHash: hashOf(new Secret(previous)) });
      const opened = await this.add(tx, userId);
      await this.audit.record(tx, {
        actor: `user:${userId}`,
        action: 'session.start',
        object: `session:${opened.id}`,
        data: { via },
      });
      return { ...opened, view: await this.viewOf(tx, userId, opened.expiresAt) };
    });
  }

  async view(by: Principal): Promise<SessionView> {
    return this.transaction.run(by.tenant, (tx) =>
      by.userId && by.sessionId ? this.viewOfPerson(tx, by.userId, by.sessionId) : this.viewOfKey(tx, by),
    );
  }

  async end(by: Principal): Promise<void> {
    await this.transaction.run(by.tenant, async (tx) => {
      const { sessionId } = aPerson(by);
      await tx.manager.delete(Session, { agencyId: tx.tenant, id: sessionId });
      await this.audit.record(tx, { actor: by.actor, action: 'session.end', object: `session:${sessionId}` });
      tx.afterCommit(() => this.access.announce());
    });
  }

  /** Whoever knew the old password is out: every session of the person ends, and this browser gets a new one. */
  async setPassword(by: Principal, input: SetPassword, address: string): Promise<OpenedSession<void>> {
    const { userId } = aPerson(by);
    await this.checkPresentPassword(by, userId, input.current, address);
    const passwordHash = await this.passwords.hash(new Secret(input.password));
    return this.transaction.run(by.tenant, async (tx) => {
      await tx.manager.update(User, { agencyId: tx.tenant, id: userId }, { passwordHash });
      await tx.manager.delete(Session, { agencyId: tx.tenant, userId });
      const opened = await this.add(tx, userId);
      await this.audit.record(tx, { actor: by.actor, action: 'session.password', object: `user:${userId}` });
      tx.afterCommit(() => this.access.announce());
      return { ...opened, view: undefined };
    });
  }

  private async checkPresentPassword(
    by: Principal,
    userId: string,
    current: string | undefined,
    address: string,
  ): Promise<void> {
    const { passwordHash } = await this.transaction.run(by.tenant, (tx) =>
      tx.manager.findOneByOrFail(User, { agencyId: tx.tenant, id: userId }),
    );
    if (passwordHash === null) return; // signed in by link, and never had one
    await this.throttle.attempt(by.actor, address);
    if (current === undefined || !(await this.passwords.matches(new Secret(current), passwordHash))) {
      throw new AppError('validation', 'password-wrong', 'The present password is not right.', {
        errors: [{ pointer: '/current', detail: 'is not right' }],
      });
    }
    await this.throttle.succeeded(by.actor, address);
  }

  private async add(tx: Tx, userId: string): Promise<{ id: string; token: Secret; expiresAt: Date }> {
    const id = this.ids.next();
    const token = newToken();
    const [{ expiresAt }] = await tx.query<{ expiresAt: Date }>(
      `INSERT INTO sessions (agency_id, id, user_id, token_hash, expires_at) VALUES ($1, $2, $3, $4, now() + ${LONGEST}) RETURNING expires_at AS "expiresAt"`,
      [tx.tenant, id, userId, hashOf(token)],
    );
    return { id, token, expiresAt };
  }

  private async viewOfPerson(tx: Tx, userId: string, sessionId: string): Promise<SessionView> {
    const { expiresAt } = await tx.manager.findOneByOrFail(Session, { agencyId: tx.tenant, id: sessionId });
    return this.viewOf(tx, userId, expiresAt);
  }

  private async viewOf(tx: Tx, userId: string, expiresAt: Date): Promise<SessionView> {
    const { id, name, email, role, passwordHash } = await tx.manager.findOneByOrFail(User, {
      agencyId: tx.tenant,
      id: userId,
    });
    const user = { id, name, email, hasPassword: passwordHash !== null };
    return {
      agency: await this.agencies.get(tx),
      user,
      role,
      permissions: [...permissionsOf(role)],
      expiresAt: expiresAt.toISOString(),
    };
  }

  private async viewOfKey(tx: Tx, { role, permissions }: Principal): Promise<SessionView> {
    return { agency: await this.agencies.get(tx), user: null, role, permissions: [...permissions], expiresAt: null };
  }
}

function aPerson({ userId, sessionId }: Principal): { userId: string; sessionId: string } {
  if (userId && sessionId) return { userId, sessionId };
  throw new AppError('conflict', 'no-session', 'An API key has neither a session nor a password. Revoke it instead.');
}
