import { DataSource, type DataSourceOptions } from 'typeorm';
import type { ClientBase, Pool } from 'pg';
import type { Secret } from '../crypto/secret.js';

export interface DatabaseOptions {
  url: Secret;
  poolSize: number;
  entities: DataSourceOptions['entities'];
  migrations?: DataSourceOptions['migrations'];
}

/** How every process reaches Postgres; migrations run one transaction each. */
export function dataSourceOptions({ url, poolSize, entities, migrations }: DatabaseOptions): DataSourceOptions {
  return {
    type: 'postgres',
    url: url.reveal(),
    entities,
    migrations: migrations ?? [],
    migrationsTransactionMode: 'each',
    poolSize,
    applicationName: 'switchyard',
    extra: { connectionTimeoutMillis: 3_000, idleTimeoutMillis: 30_000, onConnect: heedErrors },
  };
}

/**
 * On its way from the pool to TypeORM nobody listens to a connection. One that Postgres ends in that moment would end the
 * process; like this its next statement fails, and the pool drops it.
 */
const heedErrors = (client: ClientBase) => void client.on('error', () => undefined);

/** The pool below TypeORM, for the few hot statements that are plain SQL. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}
