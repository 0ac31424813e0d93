import type { SimLimits } from './rate.js';

export interface GhlSimulatorOptions {
  /** 0 takes a free port. */
  port?: number;
  host?: string;
  /** Keeps the state across restarts and kills; without it the state is in memory only. */
  dataFile?: string;
  webhookUrl?: string;
  /** Same seed and same order of requests: same ids, same load times, same latencies. */
  seed?: string;
  /** Divides load times, search lag, installation delay and webhook back-off; never the latency. */
  speed?: number;
  clientId?: string;
  clientSecret?: string;
  /** When given, the consent page redirects only to these. */
  redirectUris?: string[];
  latency?: { minMs: number; p50: number; p99: number };
  searchLagMs?: number;
  /** Length of a whole load, before `speed`. */
  loadMs?: { min: number; max: number };
  /** A shorter window is HighLevel in fast motion: the client learns it from the headers. */
  rateLimit?: SimLimits;
  allowLocationDelete?: boolean;
  /** The second use of a refresh token also ends everything that came from it. */
  reuseRevokesFamily?: boolean;
  /** A load empties values that were written before it reached `custom_values`. */
  loadOverwritesValues?: boolean;
}

export type SimOptions = Required<Omit<GhlSimulatorOptions, 'dataFile' | 'webhookUrl' | 'redirectUris'>> &
  Pick<GhlSimulatorOptions, 'dataFile' | 'webhookUrl' | 'redirectUris'>;

export const withDefaults = (options: GhlSimulatorOptions): SimOptions => ({
  port: 0,
  host: '127.0.0.1',
  seed: 'northwind',
  speed: 1,
  clientId: '66f1c0ffee5eed0000000001-simulator',
  clientSecret: 'simulator-client-secret',
  latency: { minMs: 40, p50: 80, p99: 200 },
  searchLagMs: 2_000,
  loadMs: { min: 60_000, max: 300_000 },
  rateLimit: { max: 100, windowMs: 10_000, perDay: 200_000 },
  allowLocationDelete: false,
  reuseRevokesFamily: false,
  loadOverwritesValues: false,
  ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
});
