import { Injectable } from '@nestjs/common';
import { RunsService } from '../../engine/runs/index.js';
import { type GhlCustomValue, type GhlLocation, GhlPort, type GhlUser } from '../../integrations/ghl/index.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { GhlAccounts, type GhlConnectionEntity } from '../ghl-oauth/index.js';
import { FindLocation } from './find-location.js';
import type { PlanProvisioning } from './provisioning.schema.js';
import { businessKey } from './to-location.js';

/** What HighLevel and we know about a business at the moment of planning. */
export interface LiveState {
  /** Sub-accounts of the same name and e-mail. */
  same: GhlLocation[];
  /** A job of ours that makes or made one for this business. */
  earlier?: { id: string; title: string; state: string };
  /** The one to take over, as it is now. */
  adopt?: { location: GhlLocation; values: GhlCustomValue[] };
  /** Of the invited, who is known to HighLevel, with the sub-accounts they may enter. */
  users: GhlUser[];
}

/** Reads only, and only what the plan needs. */
@Injectable()
export class ReadLiveState {
  constructor(
    private readonly ghl: GhlPort,
    private readonly accounts: GhlAccounts,
    private readonly find: FindLocation,
    private readonly runs: RunsService,
    private readonly transaction: Transaction,
  ) {}

  async read(
    tenant: TenantId,
    { id: connectionId }: GhlConnectionEntity,
    request: PlanProvisioning,
  ): Promise<LiveState> {
    const { business, users, customValues, existing } = request;
    const [same, known, earlier] = await Promise.all([
      this.accounts.asCompany(tenant, connectionId, (access) => this.find.byEmail(access, business)),
      users.length > 0
        ? this.accounts.asCompany(tenant, connectionId, (access) =>
            this.ghl.findUsersByEmail(
              access,
              users.map(({ email }) => email),
            ),
          )
        : [],
      this.transaction.run(tenant, (tx) =>
        this.runs.findByExclusiveKey(tx, businessKey(connectionId, business), [
          'ready',
          'running',
          'waiting',
          'undoing',
          'needs-human',
          'done',
        ]),
      ),
    ]);
    if (existing !== 'adopt' || same.length !== 1) return { same, earlier, users: known };
    const [location] = await this.accounts.asCompany(tenant, connectionId, async (access) => [
      await this.ghl.getLocation(access, same[0].id),
    ]);
    const values =
      customValues.length > 0
        ? await this.accounts.asLocation(tenant, connectionId, location.id, (access) =>
            this.ghl.listCustomValues(access, location.id),
          )
        : [];
    return { same, earlier, users: known, adopt: { location, values } };
  }
}
