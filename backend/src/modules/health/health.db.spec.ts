import { Client } from 'pg';
import { type SmallApp, startSmallApp } from '../../../test/small-app.js';
import { Secret, Vault } from '../../platform/crypto/index.js';
import { Drain } from '../../platform/http/index.js';
import { HealthModule } from './health.module.js';

describe('the probes', () => {
  let small: SmallApp;
  beforeEach(async () => {
    small = await startSmallApp({ modules: [HealthModule] });
  });
  afterEach(() => small.close());

  const probe = async (name: string) => {
    const answer = await small.inject({ method: 'GET', url: `/health/${name}` });
    return { ...answer.json<{ checks: Checks }>(), status: answer.statusCode, type: answer.headers['content-type'] };
  };
  const asOwner = async (sql: string) => {
    const owner = new Client({ connectionString: small.database.ownerUrl });
    await owner.connect();
    await owner.query(sql).finally(() => owner.end());
  };

  it.each(['live', 'ready', 'startup'])('%s is 200 for anybody when all is well', async (name) => {
    expect(await probe(name)).toMatchObject({
      status: 200,
      type: expect.stringContaining('application/json') as string,
    });
  });

  it('is not ready, but alive, while a migration is missing', async () => {
    await asOwner(`DELETE FROM migrations WHERE name LIKE 'Health%'`);
    expect(await probe('ready')).toMatchObject({
      status: 503,
      checks: { migrations: { status: 'down' }, postgres: { status: 'up' } },
    });
    expect(await probe('live')).toMatchObject({ status: 200 });
  });

  it('is ready on a database that is ahead', async () => {
    await asOwner(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Later9999999999999')`);
    expect(await probe('ready')).toMatchObject({ status: 200 });
  });

  it('is not ready when stored secrets need a key that the ring lacks', async () => {
    const tenant = await small.anAgency();
    await small.app.get(Vault).seal(tenant, { table: 't', column: 'c', row: 'r' }, new Secret('kept'));
    expect(await probe('ready')).toMatchObject({ status: 200 });
    await asOwner(`ALTER TABLE vault_keys NO FORCE ROW LEVEL SECURITY; UPDATE vault_keys SET wrapped_by = 'lost'`);
    expect(await probe('ready')).toMatchObject({ status: 503, checks: { vault: { status: 'down' } } });
  });

  it('is not ready from the first moment of a shut-down', async () => {
    small.app.get(Drain).begin();
    expect((await small.inject({ method: 'GET', url: '/health/ready' })).statusCode).toBe(503);
  });
});

type Checks = Record<string, { status: string }>;
