import type { AddressInfo } from 'node:net';
import { consentPath } from './simulator/consent.js';
import { withDefaults } from './simulator/options.js';
import type { GhlSimulatorOptions } from './simulator/options.js';
import { createSimServer } from './simulator/server.js';
import { Sim } from './simulator/sim.js';

export type { GhlSimulatorOptions } from './simulator/options.js';

const patienceMs = 1_000;

export interface GhlSimulator {
  /** Base address, for `apiUrl`. */
  url: string;
  /** Full address of the consent page. */
  consentUrl: string;
  port: number;
  /** Lets requests in flight end for up to a second, then closes. */
  stop(): Promise<void>;
}

/**
 * A HighLevel that runs here: the default provider of a sandbox and the double in tests. Same paths, headers,
 * bodies and quirks as the real one, as far as they are known; control is under `/__sim/`, from this machine only.
 */
export async function startGhlSimulator(options: GhlSimulatorOptions = {}): Promise<GhlSimulator> {
  const settings = withDefaults(options);
  const sim = new Sim(settings);
  const server = createSimServer(sim);
  let inFlight = 0;
  server.on('request', (_, outgoing) => {
    inFlight++;
    outgoing.once('close', () => inFlight--);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`;
  sim.webhooks.wake();
  return {
    url,
    consentUrl: url + consentPath,
    port,
    stop: async () => {
      sim.webhooks.stop();
      sim.faults.reset();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (let waited = 0; waited < patienceMs && inFlight > 0; waited += 10) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      server.closeAllConnections();
      await closed;
      await sim.store.commit();
    },
  };
}
