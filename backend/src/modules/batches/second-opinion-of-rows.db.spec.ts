import { ProvisioningWorld, pause } from '../../../test/provisioning-world.js';
import { type ChatSimulator, startChatSimulator } from '../../integrations/llm/index.js';
import { SnapshotsService } from '../snapshots/index.js';
import { BatchesService } from './batches.service.js';
import { NewBatch } from './batches.schema.js';
import { BatchViews } from './batch-views.js';

jest.setTimeout(60_000);

let simulator: ChatSimulator;
let world: ProvisioningWorld;

beforeAll(async () => {
  simulator = await startChatSimulator({ thinksMs: 50 });
  world = await ProvisioningWorld.begin({ env: { OPENAI_MODEL: 'sim-model', OPENAI_BASE_URL: simulator.url } });
  await world.connect();
  await world.get(SnapshotsService).refresh(world.tenant, world.by);
  await world.work();
});
afterAll(async () => {
  await world?.end();
  await simulator.stop();
});

it('is asked about the rows of a batch a few at a time, and not for one after the other', async () => {
  const rows = Array.from({ length: 40 }, (_, n) => ({
    ...{ name: `Kline Smiles ${n}`, email: `owner.${n}@kline.example`, industry: 'Dentistry' },
    ...{ description: `Implants and check-ups on floor ${n}.`, snapshot: n < 30 ? 'recommend' : 'none' },
  }));
  const upload = NewBatch.parse({ rows });
  const { id } = await world.get(BatchesService).create(world.tenant, world.by, undefined, upload);
  const views = world.get(BatchViews);
  while ((await views.get(world.tenant, id)).state !== 'ready') await pause(50);
  expect(simulator.counts.requests).toBe(30);
  expect(simulator.counts.atOnce).toBeGreaterThan(3);
  expect(simulator.counts.atOnce).toBeLessThanOrEqual(8);
  const { items } = await views.rows(world.tenant, id, { limit: 100 });
  expect(items.filter(({ snapshot }) => snapshot?.name === 'Dental Practice Essentials')).toHaveLength(30);
});
