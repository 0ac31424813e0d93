import type { AddressInfo } from 'node:net';
import { consentPath } from './simulator/consent.js';
import { withDefaults } from './simulator/options.js';
import type { GhlSimulatorOptions } from './simulator/options.js';
import { createSimServer } from './simulator/server.js';
import { Sim } from './simulator/sim.js';

export type { GhlSimulatorOptions } from './simulator/options.js';

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
      server.closeIdleConnections();
      const patience = setTimeout(() => server.closeAllConnections(), 1_000);
      await closed;
      clearTimeout(patience);
      await sim.store.commit();
    },
  };
}
