import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client, Pool, type QueryResultRow } from 'pg';
import { createDatabase, createRoles } from '../../backend/src/platform/database/create-roles.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../backend/src/platform/database/embedded-postgres.js';

export const database = 'switchyard';
const passwords = { owner: 'chaos-owner-password', app: 'chaos-app-password' };
export const databaseSecrets = new Map(
  Object.entries(passwords).map(([role, password]) => [`database password of ${role}`, password]),
);
/** Nobody reads it after the run; a crash of the server alone loses nothing with this. */
const settings = { fsync: 'off', max_connections: '200' };

/** A Postgres of this world alone, which can be crashed, locked and cut off from. */
export class PostgresServer {
  private pool: Pool;

  private constructor(
    private readonly dataDir: string,
    private server: EmbeddedPostgres,
  ) {
    this.pool = this.newPool();
  }

  static async start(): Promise<PostgresServer> {
    const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-chaos-postgres-'));
    // It runs as another account when we are root, and must be able to enter.
    chmodSync(dataDir, 0o755);
    const server = await startEmbeddedPostgres({ dataDir, log: () => undefined, settings });
    const client = new Client({ connectionString: server.superuserUrl() });
    await client.connect();
    try {
      await createRoles(client, passwords);
      await createDatabase(client, database);
    } finally {
      await client.end();
    }
    return new PostgresServer(dataDir, server);
  }

  get port(): number {
    return this.server.port;
  }

  /** As the product's own role, through the given port. */
  appUrl({ port = this.port, name = database } = {}): string {
    return `postgres://switchyard_app:${passwords.app}@127.0.0.1:${port}/${name}`;
  }

  ownerUrl(name = database): string {
    return `postgres://switchyard_owner:${passwords.owner}@127.0.0.1:${this.port}/${name}`;
  }

  /** As the superuser: sees the rows of every agency. */
  async rows<Row extends QueryResultRow>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, parameters)).rows;
  }

  async createDatabase(name: string): Promise<void> {
    const client = new Client({ connectionString: this.server.superuserUrl() });
    await client.connect();
    await createDatabase(client, name).finally(() => client.end());
  }

  async dropDatabase(name: string): Promise<void> {
    await this.rows(`DROP DATABASE ${name} WITH (FORCE)`);
  }

  /** Holds a lock until the returned function is called. */
  async lock(table: string, mode = 'EXCLUSIVE'): Promise<() => Promise<void>> {
    const client = await this.pool.connect();
    await client.query('BEGIN');
    await client.query(`LOCK TABLE ${table} IN ${mode} MODE`);
    return async () => {
      await client.query('ROLLBACK').catch(() => undefined);
      client.release();
    };
  }

  async terminateBackends(): Promise<void> {
    await this.rows(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'switchyard_app'`);
  }

  /** As `pg_ctl stop -m immediate`: no checkpoint, no good-bye. */
  async crash(): Promise<void> {
    await this.pool.end();
    process.kill(this.postmaster, 'SIGQUIT');
    await this.server.ended;
    await this.server.stop();
  }

  async startAgain(): Promise<void> {
    this.server = await startEmbeddedPostgres({ dataDir: this.dataDir, log: () => undefined, settings });
    this.pool = this.newPool();
  }

  async remove(): Promise<void> {
    await this.pool.end().catch(() => undefined);
    await this.server.stop();
    for (const directory of [this.dataDir, dirname(this.server.clusterDir)])
      rmSync(directory, { recursive: true, force: true });
  }

  private get postmaster(): number {
    return Number(readFileSync(join(this.server.clusterDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  private newPool(): Pool {
    const pool = new Pool({ connectionString: this.server.superuserUrl(database), max: 8 });
    // A connection that dies at rest would end the suite.
    pool.on('error', () => undefined);
    return pool;
  }
}
