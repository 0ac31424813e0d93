import { randomBytes } from 'node:crypto';
import type { Config } from '../platform/config/index.js';
import { keyFileIn, loadOrCreateKeyFile, Secret } from '../platform/crypto/index.js';
import type { SimulatorProcess } from './simulator-process.js';

/** `npm start` ends within five seconds unless told otherwise; a cluster has more time. */
const SANDBOX_DRAIN_MS = 3_000;
/** The simulator loads a snapshot in seconds, so it is worth looking more often than HighLevel would like. */
const SANDBOX_POLL_MS = 500;

/** What the simulator knows of us, and we of it. New with every start, like a password between two child processes. */
export interface SimulatorLogin {
  readonly clientId: string;
  readonly clientSecret: string;
}

export const newSimulatorLogin = (): SimulatorLogin => ({
  clientId: 'switchyard-sandbox',
  clientSecret: randomBytes(24).toString('hex'),
});

/** HighLevel is simulated unless it is configured. */
export const wantsSimulator = (config: Config) => config.ghlMode === 'off';

/** Where this process listens and keeps its things, decided before anything is started. */
export function withPlace(config: Config, place: { port: number; dataDir: string; drainGiven: boolean }): Config {
  return {
    ...config,
    PORT: place.port,
    DATA_DIR: place.dataDir,
    DRAIN_MS: place.drainGiven ? config.DRAIN_MS : SANDBOX_DRAIN_MS,
    ...(!config.VAULT_KEYS && ownKeys(place.dataDir)),
    publicUrl: config.PUBLIC_URL ?? `http://localhost:${place.port}`,
  };
}

const ownKeys = (dataDir: string) => ({
  VAULT_KEYS: new Secret(loadOrCreateKeyFile(dataDir)),
  vaultKeysFile: keyFileIn(dataDir),
});

export function withSimulator(config: Config, login: SimulatorLogin, simulator: SimulatorProcess): Config {
  return {
    ...config,
    ghlMode: 'simulator',
    SNAPSHOT_POLL_MS: Math.min(config.SNAPSHOT_POLL_MS, SANDBOX_POLL_MS),
    GHL_API_URL: simulator.url,
    GHL_CONSENT_URL: simulator.consentUrl,
    GHL_CLIENT_ID: login.clientId,
    GHL_CLIENT_SECRET: new Secret(login.clientSecret),
    GHL_WEBHOOK_PUBLIC_KEY: simulator.publicKey,
  };
}
