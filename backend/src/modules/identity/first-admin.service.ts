import { Injectable } from '@nestjs/common';
import { Ids } from '../../platform/clock/clock.js';
import { Passwords, Secret } from '../../platform/crypto/index.js';
import { AuditTrail, type TenantId, Transaction } from '../../platform/database/index.js';
import { type CreatedSignInLink, SignInLinksService } from './sign-in-links.service.js';
import { User } from './user.entity.js';

export interface FirstAdmin {
  agencyId: TenantId;
  /** Default: admin@switchyard.local */
  email?: string;
  /** Without one, the answer holds a one-time link. */
  password?: Secret;
}

export interface EnsuredAdmin {
  userId: string;
  email: string;
  created: boolean;
  link?: CreatedSignInLink;
}

/** An agency without people gets its first administrator; one that has an administrator is left as it is. */
@Injectable()
export class FirstAdminService {
  constructor(
    private readonly transaction: Transaction,
    private readonly passwords: Passwords,
    private readonly links: SignInLinksService,
    private readonly audit: AuditTrail,
    private readonly ids: Ids,
  ) {}

  async ensureFirstAdmin({ agencyId, email = 'admin@switchyard.local', password }: FirstAdmin): Promise<EnsuredAdmin> {
    const passwordHash = password ? await this.passwords.hash(password) : null;
    const admin = await this.transaction.run(agencyId, async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`first-admin|${agencyId}`]);
      const present = await tx.manager.findOne(User, {
        where: { agencyId, role: 'admin' },
        order: { createdAt: 'ASC', id: 'ASC' },
      });
      if (present) return { userId: present.id, email: present.email, created: false };
      const userId = this.ids.next();
      await tx.manager.insert(User, {
        agencyId,
        id: userId,
        email,
        name: 'Administrator',
        role: 'admin',
        passwordHash,
      });
      await this.audit.record(tx, {
        actor: 'system',
        action: 'users.manage',
        object: `user:${userId}`,
        data: { created: { email, role: 'admin' } },
      });
      return { userId, email, created: true };
    });
    return admin.created && !password
      ? { ...admin, link: await this.links.createSignInLink(agencyId, admin.userId) }
      : admin;
  }
}
