import { Inject, Injectable } from '@nestjs/common';
import { Ids } from '../../platform/clock/clock.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { hashOf, newToken, Secret } from '../../platform/crypto/index.js';
import { AuditTrail, type TenantId, Transaction } from '../../platform/database/index.js';
import { notFound } from '../../platform/errors/index.js';
import { User } from './user.entity.js';

export interface CreatedSignInLink {
  token: Secret;
  /** The token stands after the `#`, which browsers do not send: it reaches no server log. */
  url: Secret;
  validForMinutes: number;
}

const VALID_MINUTES = 30;

/** One-time links: how the first administrator gets in, and anybody who has lost a password. Made on the command line. */
@Injectable()
export class SignInLinksService {
  constructor(
    private readonly transaction: Transaction,
    private readonly audit: AuditTrail,
    private readonly ids: Ids,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async createSignInLink(tenant: TenantId, userId: string, actor = 'system'): Promise<CreatedSignInLink> {
    const token = newToken();
    await this.transaction.run(tenant, async (tx) => {
      const known = await tx.manager.existsBy(User, { agencyId: tenant, id: userId });
      if (!known) throw notFound('user');
      await tx.query(
        `INSERT INTO sign_in_links (agency_id, id, user_id, token_hash, expires_at) VALUES ($1, $2, $3, $4, now() + $5 * interval '1 minute')`,
        [tenant, this.ids.next(), userId, hashOf(token), VALID_MINUTES],
      );
      await this.audit.record(tx, { actor, action: 'session.link', object: `user:${userId}` });
    });
    return {
      token,
      url: new Secret(`${this.config.publicUrl}/sign-in/link#token=${token.reveal()}`),
      validForMinutes: VALID_MINUTES,
    };
  }
}
