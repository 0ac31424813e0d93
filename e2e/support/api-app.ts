import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { closeApp } from '../../backend/src/boot/close-app.js';
import { createHttpApp, listen } from '../../backend/src/boot/create-app.js';
import { freePort } from '../../backend/src/boot/free-port.js';
import { ProcessRegistry } from '../../backend/src/engine/processes/process-registry.js';
import { WorkerProcess } from '../../backend/src/engine/worker-process.js';
import { type GhlSimulator, startGhlSimulator } from '../../backend/src/integrations/ghl/ghl.simulator.js';
import { SimControl } from '../../backend/src/integrations/ghl/testing/simulated-world.js';
import { type Config, loadConfig } from '../../backend/src/platform/config/index.js';
import { createDocument } from '../../backend/src/platform/http/openapi.js';
import { createLog } from '../../backend/src/platform/logging/index.js';
import { createTestDatabase, type TestDatabase } from '../../backend/test/database.js';

/** The product over HTTP, in this process: the real AppModule, a database of its own, and a simulated HighLevel. */
export interface ApiApp {
  readonly app: NestFastifyApplication;
  readonly config: Config;
  readonly database: TestDatabase;
  /** Where it listens; also what browsers would see. */
  readonly url: string;
  readonly simulator: GhlSimulator;
  readonly sim: SimControl;
  /** Every line that was logged. */
  readonly lines: string[];
  readonly document: OpenAPIObject;
  close(): Promise<void>;
}

export const ghlClientSecret = 'canary-client-secret-5f0c7b1e';
export const ghlClientId = '66f1c0ffee5eed0000000001-e2e';

/** Times of a cluster, made short enough to wait for. */
const impatient = {
  SWEEP_MS: '100',
  SNAPSHOT_POLL_MS: '50',
  SETTLE_MS: '200',
  RECHECK_MS: '50',
  DRAIN_MS: '1000',
  REQUESTS_PER_MINUTE: '1000000',
};

/** `wireTo` stands between the product and HighLevel, and says under which address. */
export async function startApiApp(
  env: Record<string, string> = {},
  wireTo = async (simulatorUrl: string) => simulatorUrl,
): Promise<ApiApp> {
  const database = await createTestDatabase();
  const port = await freePort('127.0.0.1', 0);
  const url = `http://127.0.0.1:${port}`;
  const simulator = await startGhlSimulator({
    ...{ clientId: ghlClientId, clientSecret: ghlClientSecret, speed: 1_000 },
    latency: { minMs: 0, p50: 0, p99: 0 },
    loadMs: { min: 60_000, max: 90_000 },
    rateLimit: { max: 10_000, windowMs: 10_000, perDay: 2_000_000 },
    webhookUrl: `${url}/api/webhooks/ghl`,
  });
  const sim = new SimControl(simulator.url);
  const config = loadConfig({
    ...{ HOST: '127.0.0.1', PORT: String(port), PUBLIC_URL: url, LOG_LEVEL: 'debug' },
    ...{ DATABASE_URL: database.appUrl, VAULT_KEYS: `e2e:${randomBytes(32).toString('base64')}` },
    ...{ GHL_API_URL: await wireTo(simulator.url), GHL_CONSENT_URL: simulator.consentUrl },
    ...{ GHL_CLIENT_ID: ghlClientId, GHL_CLIENT_SECRET: ghlClientSecret },
    GHL_WEBHOOK_PUBLIC_KEY: (await sim.get<{ pem: string }>('public-key')).pem,
    ...impatient,
    ...env,
  });
  const lines: string[] = [];
  const app = await createHttpApp(config, createLog('debug', { write: (line) => lines.push(line) }));
  await listen(app, config);
  await app.get(WorkerProcess).start();
  await app.get(ProcessRegistry).start('embedded');
  return {
    ...{ app, config, database, url, simulator, sim, lines },
    document: createDocument(app),
    close: async () => {
      await closeApp(app);
      await simulator.stop();
      await database.drop();
    },
  };
}
