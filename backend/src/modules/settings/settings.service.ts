import { Injectable } from '@nestjs/common';
import { AuditTrail, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { canonicalJson, type Principal } from '../../platform/http/index.js';
import { AgenciesService } from '../tenancy/index.js';
import { fromStored, versionOf } from './known-settings.js';
import { Setting } from './setting.entity.js';
import type { AgencySettings, ChangeSettings, SettingsView } from './settings.schema.js';

@Injectable()
export class SettingsService {
  constructor(
    private readonly transaction: Transaction,
    private readonly agencies: AgenciesService,
    private readonly audit: AuditTrail,
  ) {}

  /** The settings as they are now; pass the transaction when one is open. */
  async get(where: Tx | TenantId): Promise<AgencySettings> {
    return typeof where === 'string' ? this.transaction.run(where, (tx) => this.read(tx)) : this.read(where);
  }

  async view(tenant: TenantId): Promise<SettingsView> {
    return this.transaction.run(tenant, (tx) => this.viewIn(tx));
  }

  async change(by: Principal, { version, ...input }: ChangeSettings): Promise<SettingsView> {
    return this.transaction.run(by.tenant, async (tx) => {
      await this.lock(tx);
      const before = await this.read(tx);
      refuseStale(version, before);
      const changed = Object.entries(input).filter(
        ([key, value]) =>
          value !== undefined && canonicalJson(value) !== canonicalJson(before[key as keyof AgencySettings]),
      );
      await this.write(tx, by.actor, Object.fromEntries(changed));
      await this.record(tx, by.actor, before, Object.fromEntries(changed));
      return this.viewIn(tx);
    });
  }

  private async read(tx: Tx): Promise<AgencySettings> {
    return fromStored((await this.agencies.get(tx)).name, await tx.manager.findBy(Setting, { agencyId: tx.tenant }));
  }

  private async viewIn(tx: Tx): Promise<SettingsView> {
    const settings = await this.read(tx);
    const [latest] = await tx.manager.find(Setting, {
      where: { agencyId: tx.tenant },
      order: { updatedAt: 'DESC' },
      take: 1,
    });
    return {
      settings,
      version: versionOf(settings),
      updatedAt: latest?.updatedAt.toISOString() ?? null,
      updatedBy: latest?.updatedBy ?? null,
    };
  }

  /** Two changes at once: the second reads what the first one wrote, and is refused for its old version. */
  private async lock(tx: Tx): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`settings|${tx.tenant}`]);
  }

  /** The agency's name belongs to tenancy; here it is only remembered who changed it. */
  private async write(tx: Tx, actor: string, { agencyName, ...changed }: Partial<AgencySettings>): Promise<void> {
    const values: Record<string, unknown> = { ...changed, ...(agencyName !== undefined && { agencyName: true }) };
    if (agencyName !== undefined) await this.agencies.rename(tx, agencyName);
    for (const [key, value] of Object.entries(values)) {
      await tx.query(
        `INSERT INTO settings (agency_id, key, value, updated_by) VALUES ($1, $2, $3::jsonb, $4)
         ON CONFLICT (agency_id, key) DO UPDATE SET value = excluded.value, updated_by = excluded.updated_by, updated_at = now()`,
        [tx.tenant, key, JSON.stringify(value), actor],
      );
    }
  }

  private async record(tx: Tx, actor: string, before: AgencySettings, after: Partial<AgencySettings>): Promise<void> {
    const keys = Object.keys(after) as (keyof AgencySettings)[];
    const data = { before: Object.fromEntries(keys.map((key) => [key, before[key]])), after };
    await this.audit.record(tx, { actor, action: 'settings.manage', object: `agency:${tx.tenant}`, data });
  }
}

function refuseStale(version: string, present: AgencySettings): void {
  if (version === versionOf(present)) return;
  throw new AppError(
    'conflict',
    'settings-changed',
    'Somebody else changed the settings since you read them. Read them again, then decide.',
    {
      evidence: { version: versionOf(present) },
    },
  );
}
