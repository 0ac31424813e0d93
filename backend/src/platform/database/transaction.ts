import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { TenantId } from './tenant-id.js';

/** A transaction in which one agency's rows can be seen, and no other's. Made by `Transaction.run` only. */
export interface Tx {
  readonly tenant: TenantId;
  readonly manager: EntityManager;
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** Runs after the commit and never when the transaction fails. What it does may be lost with the process. */
  afterCommit(act: () => void): void;
}

/**
 * The only way to an agency's rows. Row-level security is the second lock: outside of `run` every table looks empty.
 * Never call a provider inside of one: a transaction holds a connection.
 */
@Injectable()
export class Transaction {
  constructor(private readonly dataSource: DataSource) {}

  async run<Result>(tenant: TenantId, act: (tx: Tx) => Promise<Result>): Promise<Result> {
    const afterCommit: (() => void)[] = [];
    const result = await this.dataSource.transaction(async (manager) => {
      await manager.query(`SELECT set_config('app.agency_id', $1, true)`, [tenant]);
      return act({
        tenant,
        manager,
        query: async <Row>(sql: string, parameters?: unknown[]) =>
          (await manager.queryRunner!.query(sql, parameters, true)).records as Row[],
        afterCommit: (then) => afterCommit.push(then),
      });
    });
    for (const then of afterCommit) then();
    return result;
  }
}
