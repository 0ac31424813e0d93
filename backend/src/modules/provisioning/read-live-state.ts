import { Injectable } from '@nestjs/common';
import { RunsService } from '../../engine/runs/index.js';
import {
  type GhlCall,
  type GhlCustomValue,
  type GhlLocation,
  GhlPort,
  type GhlSnapshotLoadDetail,
} from '../../integrations/ghl/index.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { GhlAccounts, type GhlConnectionEntity } from '../ghl-oauth/index.js';
import { FindLocation } from './find-location.js';
import { FindUsers, type KnownUser } from './find-users.js';
import type { PlanProvisioning } from './provisioning.schema.js';
import { businessKey } from './to-location.js';

/** What HighLevel and we know about a business at the moment of planning. */
export interface LiveState {
  /** Sub-accounts of the same name and e-mail. */
  same: GhlLocation[];
  /** A job of ours that makes or made one for this business. */
  earlier?: { id: string; title: string; state: string };
  /** The one to take over, as it is now. */
  adopt?: { location: GhlLocation; values: GhlCustomValue[]; load?: GhlSnapshotLoadDetail };
  /** Of the invited, who is known to HighLevel, with the sub-accounts they may enter. */
  users: KnownUser[];
}

/** Somebody looks at the page until the plan is there. */
const atOnce: GhlCall = { lane: 'priority' };

/** Reads only, and only what the plan needs. */
@Injectable()
export class ReadLiveState {
  constructor(
    private readonly ghl: GhlPort,
    private readonly accounts: GhlAccounts,
    private readonly find: FindLocation,
    private readonly findUsers: FindUsers,
    private readonly runs: RunsService,
    private readonly transaction: Transaction,
  ) {}

  async read(
    tenant: TenantId,
    { id: connectionId }: GhlConnectionEntity,
    request: PlanProvisioning,
    snapshotId: string | null,
  ): Promise<LiveState> {
    const { business, users, customValues, existing } = request;
    const [same, known, earlier] = await Promise.all([
      this.accounts.asCompany(tenant, connectionId, (access) => this.find.byEmail(access, business, atOnce)),
      this.findUsers.byEmail(
        users.map(({ email }) => email),
        (ask) => this.accounts.asCompany(tenant, connectionId, (access) => ask(access, atOnce)),
      ),
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
    const state = { same, earlier, users: [...known.values()] };
    if (existing !== 'adopt' || same.length !== 1) return state;
    const locationId = same[0].id;
    const [location, load, values] = await Promise.all([
      this.accounts.asCompany(tenant, connectionId, (access) => this.ghl.getLocation(access, locationId, atOnce)),
      snapshotId === null
        ? undefined
        : this.accounts.asCompany(tenant, connectionId, (access) =>
            this.ghl.snapshotLoad(access, snapshotId, locationId, atOnce),
          ),
      customValues.length === 0
        ? []
        : this.accounts.asLocation(tenant, connectionId, locationId, atOnce, (access) =>
            this.ghl.listCustomValues(access, locationId, atOnce),
          ),
    ]);
    return { ...state, adopt: { location, values, load } };
  }
}
