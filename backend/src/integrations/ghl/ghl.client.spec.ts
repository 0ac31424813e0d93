import { describeGhlContract } from './ghl.contract.js';
import type { GhlSimulator } from './ghl.simulator.js';
import { aClient, consent, eventually, quickSimulator } from './testing/simulated-world.js';

let simulator: GhlSimulator;
afterAll(() => simulator.stop());

describeGhlContract('GhlClient with the simulator', async () => {
  simulator = await quickSimulator();
  const client = aClient(simulator.url);
  return { client, consent: () => consent(client), snapshotName: 'Dental Practice Essentials', eventually };
});
