import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { hashOf, Passwords, Secret } from '../../platform/crypto/index.js';
import { AuditTrail, type TenantId, Transaction } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { Log } from '../../platform/logging/index.js';
import { LoginThrottle } from './login-throttle.js';
import { User } from './user.entity.js';

/** Somebody who proved who they are, before a session exists. */
export interface SignedIn {
  tenant: TenantId;
  userId: string;
  via: 'password' | 'link';
}

interface Candidate {
  agency_id: TenantId;
  id: string;
  password_hash: string;
}

/** Proves who somebody is, by password or by a one-time link. */
@Injectable()
export class SignInService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: Transaction,
    private readonly passwords: Passwords,
    private readonly throttle: LoginThrottle,
    private readonly audit: AuditTrail,
    private readonly log: Log,
  ) {}

  /** Known and unknown addresses get the same answer after the same work. */
  async byPassword(email: string, password: Secret, address: string): Promise<SignedIn> {
    await this.throttle.attempt(email, address);
    const candidates = await this.dataSource.query<Candidate[]>(
      'SELECT agency_id, id, password_hash FROM identity_sign_in_candidates($1)',
      [email],
    );
    const match = await this.firstMatch(candidates, password);
    if (!match) {
      this.noteFailure(candidates);
      throw new AppError('unauthenticated', 'sign-in-failed', 'The e-mail address or the password is not right.');
    }
    await this.throttle.succeeded(email, address);
    if (this.passwords.isOutdated(match.password_hash)) await this.renewHash(match, password);
    return { tenant: match.agency_id, userId: match.id, via: 'password' };
  }

  /** A link works once; two uses at the same moment find one winner. */
  async byLink(token: Secret, address: string): Promise<SignedIn> {
    await this.throttle.attempt(`link from ${address}`, address);
    const [link] = await this.dataSource.query<{ agency_id: TenantId; id: string; user_id: string }[]>(
      'SELECT agency_id, id, user_id FROM identity_sign_in_link($1)',
      [hashOf(token)],
    );
    const used =
      link && (await this.transaction.run(link.agency_id, (tx) => tx.query(useLink, [link.agency_id, link.id])));
    if (!used?.length)
      throw new AppError('gone', 'link-used', 'This sign-in link was used before or has expired. Ask for a new one.');
    return { tenant: link.agency_id, userId: link.user_id, via: 'link' };
  }

  private async firstMatch(candidates: Candidate[], password: Secret): Promise<Candidate | undefined> {
    if (candidates.length === 0) await this.passwords.matchesNobody(password);
    for (const candidate of candidates)
      if (await this.passwords.matches(password, candidate.password_hash)) return candidate;
    return undefined;
  }

  /** Not awaited: the answer for a known account must not take longer than for an unknown one. */
  private noteFailure(candidates: Candidate[]): void {
    for (const { agency_id, id } of candidates) {
      const entry = {
        actor: 'anonymous',
        action: 'session.start',
        object: `user:${id}`,
        outcome: 'denied' as const,
        data: { via: 'password' },
      };
      this.audit
        .recordAlone(agency_id, entry)
        .catch((error: unknown) => this.log.warn('A failed sign-in could not be recorded', { err: error }));
    }
  }

  private async renewHash({ agency_id, id }: Candidate, password: Secret): Promise<void> {
    const passwordHash = await this.passwords.hash(password);
    await this.transaction.run(agency_id, (tx) =>
      tx.manager.update(User, { agencyId: agency_id, id }, { passwordHash }),
    );
  }
}

const useLink = `
  WITH used AS (
    UPDATE sign_in_links SET used_at = now()
    WHERE agency_id = $1 AND id = $2 AND used_at IS NULL AND expires_at > now() RETURNING user_id)
  SELECT u.id FROM used JOIN users u ON u.agency_id = $1 AND u.id = used.user_id WHERE u.disabled_at IS NULL`;
