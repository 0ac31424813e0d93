import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Ids } from '../../platform/clock/clock.js';
import { asTenantId, AuditTrail, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { Agency } from './agency.entity.js';

export interface AgencyName {
  id: TenantId;
  name: string;
}

/** Owns the agencies themselves; everything else of an agency belongs to other modules. */
@Injectable()
export class AgenciesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: Transaction,
    private readonly audit: AuditTrail,
    private readonly ids: Ids,
  ) {}

  async createAgency(name: string, actor = 'system'): Promise<AgencyName> {
    const id = asTenantId(this.ids.next());
    return this.transaction.run(id, async (tx) => {
      await tx.manager.insert(Agency, { id, name });
      await this.audit.record(tx, { actor, action: 'agency.create', object: `agency:${id}`, data: { name } });
      return { id, name };
    });
  }

  /** Every agency, oldest first: for start-up, schedules and the command line; no request sees this. */
  async list(): Promise<AgencyName[]> {
    return this.dataSource.query<AgencyName[]>('SELECT id, name FROM platform_agencies()');
  }

  async get(tx: Tx): Promise<AgencyName> {
    const { name } = await tx.manager.findOneByOrFail(Agency, { id: tx.tenant });
    return { id: tx.tenant, name };
  }

  async rename(tx: Tx, name: string): Promise<void> {
    await tx.manager.update(Agency, { id: tx.tenant }, { name });
  }
}
