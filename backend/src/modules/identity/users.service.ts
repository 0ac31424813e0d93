import { Injectable } from '@nestjs/common';
import { Ids } from '../../platform/clock/clock.js';
import { Passwords, Secret } from '../../platform/crypto/index.js';
import { AuditTrail, isUniqueViolation, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { AppError, notFound } from '../../platform/errors/index.js';
import { Idempotency, type Key } from '../../platform/http/index.js';
import { AccessChanges } from './access-changes.js';
import { type Actor, recordingDenials } from './actor.js';
import type { ChangeUser, CreateUser, UserView } from './identity.schema.js';
import { Session } from './session.entity.js';
import { User } from './user.entity.js';

@Injectable()
export class UsersService {
  constructor(
    private readonly transaction: Transaction,
    private readonly passwords: Passwords,
    private readonly idempotency: Idempotency,
    private readonly access: AccessChanges,
    private readonly audit: AuditTrail,
    private readonly ids: Ids,
  ) {}

  async list(tenant: TenantId): Promise<{ items: UserView[] }> {
    return this.transaction.run(tenant, async (tx) => {
      const users = await tx.manager.find(User, {
        where: { agencyId: tenant },
        order: { createdAt: 'ASC', id: 'ASC' },
      });
      return { items: users.map(toUserView) };
    });
  }

  /** The password is no part of the remembered request: a plain hash of it must not be stored anywhere. */
  async createUser(
    by: Actor,
    input: Omit<CreateUser, 'password'> & { password?: string },
    key?: Key,
  ): Promise<UserView> {
    const { password, ...told } = input;
    const passwordHash = password === undefined ? null : await this.passwords.hash(new Secret(password));
    const work = (tx: Tx) =>
      this.idempotency.once(tx, { key, route: 'createUser', request: [by.actor, told] }, () =>
        this.add(tx, by, told, passwordHash),
      );
    return this.transaction.run(by.tenant, work).catch(emailTaken);
  }

  /** Nobody changes the own role or shuts oneself out, and an agency keeps an administrator. */
  async changeUser(by: Actor, id: string, input: ChangeUser): Promise<UserView> {
    return recordingDenials(this.audit, by, { action: 'users.manage', object: `user:${id}` }, () =>
      this.transaction.run(by.tenant, async (tx) => {
        const admins = await this.lockAdmins(tx);
        const user = await this.lock(tx, id);
        const changed = changesOf(user, input);
        refuseOwnAccount(by, user, changed);
        refuseLastAdmin(admins, user, changed);
        return this.apply(tx, by, user, changed);
      }),
    );
  }

  private async add(
    tx: Tx,
    by: Actor,
    { email, name, role }: Omit<CreateUser, 'password'>,
    passwordHash: string | null,
  ): Promise<UserView> {
    const id = this.ids.next();
    await tx.manager.insert(User, { agencyId: tx.tenant, id, email, name, role, passwordHash });
    await this.audit.record(tx, {
      actor: by.actor,
      action: 'users.manage',
      object: `user:${id}`,
      data: { created: { email, name, role } },
    });
    return toUserView(await tx.manager.findOneByOrFail(User, { agencyId: tx.tenant, id }));
  }

  private async lockAdmins(tx: Tx): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT id FROM users WHERE agency_id = $1 AND role = 'admin' AND disabled_at IS NULL ORDER BY id FOR UPDATE`,
      [tx.tenant],
    );
    return rows.map((row) => row.id);
  }

  private async lock(tx: Tx, id: string): Promise<User> {
    const user = await tx.manager.findOne(User, {
      where: { agencyId: tx.tenant, id },
      lock: { mode: 'pessimistic_write' },
    });
    if (!user) throw notFound('user');
    return user;
  }

  /** A session made under another role, or by somebody who may no longer sign in, ends at once. */
  private async apply(tx: Tx, by: Actor, user: User, changed: Changes): Promise<UserView> {
    const { id, agencyId } = user;
    const before = Object.fromEntries(Object.keys(changed).map((key) => [key, user[key as keyof Changes]]));
    if (Object.keys(changed).length > 0) {
      await tx.manager.update(User, { agencyId, id }, changed);
      await this.audit.record(tx, {
        actor: by.actor,
        action: 'users.manage',
        object: `user:${id}`,
        data: { before, after: changed },
      });
    }
    if (changed.role !== undefined || changed.disabledAt) {
      await tx.manager.delete(Session, { agencyId, userId: id });
      tx.afterCommit(() => this.access.announce());
    }
    return toUserView({ ...user, ...changed });
  }
}

type Changes = Partial<Pick<User, 'name' | 'role' | 'disabledAt'>>;

function changesOf(user: User, { name, role, disabled }: ChangeUser): Changes {
  return {
    ...(name !== undefined && name !== user.name && { name }),
    ...(role !== undefined && role !== user.role && { role }),
    ...(disabled !== undefined &&
      disabled !== (user.disabledAt !== null) && { disabledAt: disabled ? new Date() : null }),
  };
}

const losesPower = (changed: Changes) => changed.role !== undefined || Boolean(changed.disabledAt);

function refuseOwnAccount(by: Actor, user: User, changed: Changes): void {
  if (by.userId === user.id && losesPower(changed)) {
    throw new AppError(
      'forbidden',
      'own-account',
      'Nobody changes the own role or disables the own account. Ask another administrator.',
    );
  }
}

function refuseLastAdmin(admins: string[], user: User, changed: Changes): void {
  if (losesPower(changed) && admins.length === 1 && admins[0] === user.id) {
    throw new AppError(
      'conflict',
      'last-admin',
      'This is the only administrator. Make somebody else administrator first.',
    );
  }
}

function emailTaken(error: unknown): never {
  if (!isUniqueViolation(error, 'users_email')) throw error;
  throw new AppError('conflict', 'email-taken', 'Somebody with this e-mail address is already here.', {
    errors: [{ pointer: '/email', detail: 'is taken' }],
  });
}

export const toUserView = ({ id, email, name, role, createdAt, disabledAt }: User): UserView => ({
  id,
  email,
  name,
  role,
  createdAt: createdAt.toISOString(),
  disabledAt: disabledAt?.toISOString() ?? null,
});
