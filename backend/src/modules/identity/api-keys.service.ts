import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Clock, Ids } from '../../platform/clock/clock.js';
import { hashOf } from '../../platform/crypto/index.js';
import { AuditTrail, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { notFound } from '../../platform/errors/index.js';
import { Idempotency, type Key } from '../../platform/http/index.js';
import { AccessChanges } from './access-changes.js';
import type { Actor } from './actor.js';
import { newApiKey } from './api-key-format.js';
import { ApiKey } from './api-key.entity.js';
import type { ApiKeyView, CreateApiKey, CreatedApiKey } from './identity.schema.js';

const DAY_MS = 86_400_000;

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly transaction: Transaction,
    private readonly idempotency: Idempotency,
    private readonly access: AccessChanges,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async list(tenant: TenantId): Promise<{ items: ApiKeyView[] }> {
    return this.transaction.run(tenant, async (tx) => {
      const keys = await tx.manager.find(ApiKey, {
        where: { agencyId: tenant },
        order: { createdAt: 'DESC', id: 'DESC' },
      });
      return { items: keys.map(toApiKeyView) };
    });
  }

  /** The answer is the only place that ever holds the key. */
  async createApiKey(by: Actor, input: CreateApiKey, key?: Key): Promise<CreatedApiKey> {
    return this.transaction.run(by.tenant, (tx) =>
      this.idempotency.once(tx, { key, route: 'createApiKey', request: [by.actor, input] }, () =>
        this.add(tx, by, input),
      ),
    );
  }

  /** Revoking twice is revoking once. */
  async revokeApiKey(by: Actor, id: string): Promise<void> {
    await this.transaction.run(by.tenant, async (tx) => {
      const known = await tx.manager.existsBy(ApiKey, { agencyId: tx.tenant, id });
      if (!known) throw notFound('API key');
      const { affected } = await tx.manager.update(
        ApiKey,
        { agencyId: tx.tenant, id, revokedAt: IsNull() },
        { revokedAt: this.clock.now() },
      );
      if (affected)
        await this.audit.record(tx, {
          actor: by.actor,
          action: 'api-keys.manage',
          object: `api-key:${id}`,
          data: { revoked: true },
        });
      tx.afterCommit(() => this.access.announce());
    });
  }

  private async add(tx: Tx, by: Actor, { name, role, expiresInDays }: CreateApiKey): Promise<CreatedApiKey> {
    const id = this.ids.next();
    const made = newApiKey();
    const expiresAt =
      expiresInDays === undefined ? null : new Date(this.clock.now().getTime() + expiresInDays * DAY_MS);
    const row = {
      agencyId: tx.tenant,
      id,
      name,
      role,
      prefix: made.prefix,
      secretHash: hashOf(made.secret),
      createdBy: by.userId ?? null,
      expiresAt,
    };
    await tx.manager.insert(ApiKey, row);
    await this.audit.record(tx, {
      actor: by.actor,
      action: 'api-keys.manage',
      object: `api-key:${id}`,
      data: { created: { name, role, prefix: made.prefix, expiresAt } },
    });
    return {
      ...toApiKeyView(await tx.manager.findOneByOrFail(ApiKey, { agencyId: tx.tenant, id })),
      key: made.key.reveal(),
    };
  }
}

const toApiKeyView = ({ id, name, role, prefix, createdAt, expiresAt, lastUsedAt, revokedAt }: ApiKey): ApiKeyView => ({
  id,
  name,
  role,
  prefix,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt?.toISOString() ?? null,
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
  revokedAt: revokedAt?.toISOString() ?? null,
});
