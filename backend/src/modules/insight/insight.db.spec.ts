import { randomUUID } from 'node:crypto';
import { type SmallApp, startSmallApp } from '../../../test/small-app.js';
import { EngineModule } from '../../engine/engine.module.js';
import { GhlModule } from '../../integrations/ghl/index.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { InsightModule } from './insight.module.js';
import { InsightService } from './insight.service.js';

describe('the dashboard', () => {
  let small: SmallApp;
  let tenant: TenantId;

  beforeAll(async () => {
    small = await startSmallApp({ modules: [EngineModule.forRoot(), GhlModule, InsightModule] });
  });
  beforeEach(async () => {
    tenant = await small.anAgency();
  });
  afterAll(() => small.close());

  const dashboard = (days = 3) => small.app.get(InsightService, { strict: false }).dashboard(tenant, { days });

  it('of an agency without jobs is empty and not missing', async () => {
    const { cards, byState, overTime, connection, attention, recent } = await dashboard();
    expect(cards).toEqual({
      subAccounts: 0,
      running: 0,
      waiting: 0,
      attention: 0,
      successRate: null,
      medianDurationMs: null,
    });
    expect([byState, attention, recent]).toEqual([[], [], []]);
    expect(overTime.map((day) => day.counts)).toEqual([{}, {}, {}]);
    expect(connection).toMatchObject({ status: 'none', companyName: null, rateIncidents: { count: 0, lastAt: null } });
  });

  it('counts jobs by state and day, and judges those that ended in the period', async () => {
    await aRun('done', { tookMs: 1_000 });
    await aRun('done', { tookMs: 3_000 });
    await aRun('failed', { tookMs: 9_000 });
    await aRun('cancelled', { tookMs: 9_000, startedDaysAgo: 30 });
    await aRun('ready', {});
    await aRun('needs-human', {}, { code: 'look', cause: 'Two were found.', nextAction: 'Choose one.' });
    const { cards, byState, overTime, attention, recent } = await dashboard();
    expect(cards).toMatchObject({ running: 1, waiting: 0, attention: 1, medianDurationMs: 2_000 });
    expect(cards.successRate).toBeCloseTo(2 / 3);
    expect(byState).toContainEqual({ state: 'done', count: 2 });
    expect(overTime.at(-1)!.counts).toEqual({ done: 2, failed: 1, ready: 1, 'needs-human': 1 });
    expect(attention.map((job) => job.attention?.code)).toEqual(['look']);
    expect(recent).toHaveLength(6);
  });

  it("counts nothing of another agency's", async () => {
    await aRun('done', { tookMs: 1_000 });
    tenant = await small.anAgency('Other');
    expect((await dashboard()).byState).toEqual([]);
  });

  async function aRun(
    state: string,
    { tookMs = 0, startedDaysAgo = 0 },
    attention: object | null = null,
  ): Promise<void> {
    const id = randomUUID();
    await small.app.get(Transaction).run(tenant, (tx) =>
      tx.query(
        `INSERT INTO runs (agency_id, id, saga, version, title, op_key, request_hash, state, lane, input, created_by, attention, created_at, finished_at)
         SELECT $1, $2::uuid, 'none', 1, 'A job', $2::text, '', $3, 'none', '{}', 'system', $4::jsonb, at, CASE WHEN $5::int > 0 THEN at + $5::int * interval '1 ms' END
         FROM (SELECT now() - $6::int * interval '1 day' AS at) t`,
        [tenant, id, state, attention && JSON.stringify(attention), tookMs, startedDaysAgo],
      ),
    );
  }
});
