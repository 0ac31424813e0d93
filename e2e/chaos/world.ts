import type { SimState } from '../../backend/src/integrations/ghl/simulator/state.js';
import type { GhlSimulatorOptions } from '../../backend/src/integrations/ghl/ghl.simulator.js';
import { until } from '../support/until.js';
import { KillableProduct } from './killable-product.js';
import { SimulatorProcess } from './simulator-process.js';

/** A HighLevel that is quick and still lags: what was made is not found by a search for 600 ms. */
const quickHighLevel: GhlSimulatorOptions = {
  speed: 50,
  latency: { minMs: 5, p50: 20, p99: 80 },
  searchLagMs: 30_000,
  loadMs: { min: 40_000, max: 90_000 },
  rateLimit: { max: 5_000, windowMs: 10_000, perDay: 2_000_000 },
};

/** As in production, only shorter: settling is longer than the search lag and a late answer together. */
const shortTimes = {
  LEASE_MS: '1000',
  HEARTBEAT_MS: '250',
  SWEEP_MS: '200',
  REQUESTS_PER_MINUTE: '1000000',
  CALL_DEADLINE_MS: '1500',
  SETTLE_MS: '1200',
  RECHECK_MS: '300',
  SNAPSHOT_POLL_MS: '150',
  LOCATION_AUDIT_AFTER: '5s,8s,11s',
  GHL_SIMULATOR_SPEED: '50',
};

export interface World {
  product: KillableProduct;
  simulator: SimulatorProcess;
  state(): Promise<SimState & { held: { serial: number; method: string; path: string; phase: string }[] }>;
  stop(): Promise<void>;
}

/** The product as a process, connected to a HighLevel that is another process. */
export async function aWorld(
  { simulator: options = {}, times = {} }: { simulator?: GhlSimulatorOptions; times?: Record<string, string> },
  seed: (state: SimState) => object,
): Promise<World> {
  const simulator = await SimulatorProcess.start({ ...quickHighLevel, ...options });
  const state = () => simulator.control.get<Awaited<ReturnType<World['state']>>>('state');
  await simulator.control.post('seed', seed(await state()));
  const product = await KillableProduct.with({ ...(await simulator.variables()), ...shortTimes, ...times });
  await simulator.control.post('webhooks', { url: `http://127.0.0.1:${product.port}/api/webhooks/ghl` });
  const stop = async () => {
    await product.remove();
    await simulator.stop();
  };
  try {
    await product.start();
    await product.signIn();
    await product.connect();
    await until(async () => (await product.must<{ items: object[] }>('GET', '/api/snapshots')).items[0]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { product, simulator, state, stop };
}
