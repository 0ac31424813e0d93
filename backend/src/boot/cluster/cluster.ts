import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownKeyFile } from '../../platform/crypto/index.js';
import { Secret } from '../../platform/crypto/secret.js';
import { RedisServer } from '../../platform/redis/redis-server.js';
import type { GhlSimulatorOptions } from '../../integrations/ghl/index.js';
import { freePort } from '../free-port.js';
import { migrate } from '../migrate.js';
import { newSimulatorLogin } from '../sandbox-config.js';
import { type SimulatorProcess, startSimulatorProcess } from '../simulator-process.js';
import { ClusterPostgres } from './cluster-postgres.js';
import { ClusterProcess, type ProcessEnvironment, type ProcessKind } from './cluster-process.js';

export interface ClusterOptions {
  /** Keeps Postgres, Redis, the simulator, keys and logs; may be empty. */
  readonly dataDir: string;
  /** Of every process. DATABASE_URL, REDIS_URL and GHL_API_URL in it are used instead of parts of our own. */
  readonly env: ProcessEnvironment;
  readonly apis?: number;
  readonly workers?: number;
  /** Of the first api process, the others follow; without it any free ones. */
  readonly port?: number;
  readonly simulator?: GhlSimulatorOptions;
  /** Where the built mains are, when it is not beside this file. */
  readonly server?: string;
  readonly postgresLog?: (line: string) => void;
}

const here = fileURLToPath(new URL('../..', import.meta.url));
const loopback = '127.0.0.1';
const room = { DATABASE_POOL: '16', DRAIN_MS: '3000' };
/** Some for a person with psql, for migrations and for a test that looks. */
const spareConnections = 40;

/**
 * Several api and worker processes on one Postgres, one Redis and one HighLevel simulator. What the environment does not
 * name is brought along. Nothing is restarted by itself: see KeepRunning.
 */
export class Cluster {
  readonly processes: ClusterProcess[] = [];

  private constructor(
    private readonly options: ClusterOptions,
    /** What every process is given, besides its port. */
    readonly env: ProcessEnvironment,
    readonly postgres: ClusterPostgres | undefined,
    readonly redis: RedisServer | undefined,
    readonly simulator: SimulatorProcess | undefined,
  ) {}

  /** The parts that the processes stand on, migrated; then `startProcesses`. What was started is stopped when one fails. */
  static async prepare(options: ClusterOptions): Promise<Cluster> {
    const started: { stop(): Promise<void> }[] = [];
    const keep = <Part extends { stop(): Promise<void> }>(part: Part) => (started.push(part), part);
    try {
      const { dataDir, env } = options;
      mkdirSync(join(dataDir, 'logs'), { recursive: true, mode: 0o755 });
      const postgres = env.DATABASE_URL ? undefined : keep(await startPostgres(options));
      const ownerUrl = postgres?.ownerUrl ?? env.DATABASE_OWNER_URL;
      if (ownerUrl) await migrate(new Secret(ownerUrl));
      const redis = env.REDIS_URL ? undefined : keep(await RedisServer.start(dataDir));
      const port = options.port ?? (await freePort(loopback, 0));
      const login = newSimulatorLogin();
      const simulated = !env.GHL_API_URL && !env.GHL_CLIENT_ID;
      const simulator = simulated ? keep(await startSimulator(options, port, login)) : undefined;
      const complete = {
        ...room,
        HOST: loopback,
        ...(!env.VAULT_KEYS && { VAULT_KEYS_FILE: ownKeyFile(dataDir) }),
        ...(postgres && { DATABASE_URL: postgres.appUrl }),
        ...(redis && { REDIS_URL: redis.url }),
        ...(simulator && simulatorVariables(simulator, login)),
        ...env,
      };
      return new Cluster({ ...options, port }, complete, postgres, redis, simulator);
    } catch (error) {
      for (const part of started.reverse()) await part.stop();
      throw error;
    }
  }

  /** Everything, ready. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const cluster = await Cluster.prepare(options);
    try {
      await cluster.startProcesses();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  async startProcesses(): Promise<void> {
    const { apis = 2, workers = 4 } = this.options;
    const added = [];
    for (let number = 0; number < apis; number++) added.push(await this.add('api'));
    for (let number = 0; number < workers; number++) added.push(await this.add('worker'));
    added.forEach((each) => each.launch());
    await Promise.all(added.map((each) => each.ready()));
  }

  get apis(): ClusterProcess[] {
    return this.processes.filter(({ kind }) => kind === 'api');
  }

  get workers(): ClusterProcess[] {
    return this.processes.filter(({ kind }) => kind === 'worker');
  }

  /** One more process, not launched yet. */
  async add(kind: ProcessKind, env: ProcessEnvironment = {}): Promise<ClusterProcess> {
    const number = this.processes.filter((each) => each.kind === kind).length;
    const name = `${kind}-${number + 1}`;
    const first = this.options.port!;
    const added = new ClusterProcess({
      kind,
      name,
      port:
        kind === 'api'
          ? await freePort(loopback, first + number).catch(() => freePort(loopback, 0))
          : await freePort(loopback, 0),
      env: { ...this.env, ...env },
      server: this.options.server ?? here,
      logFile: join(this.options.dataDir, 'logs', `${name}.log`),
      stopWithinMs: Number(this.env.DRAIN_MS) + 15_000,
    });
    this.processes.push(added);
    return added;
  }

  /** The processes first, in order and side by side; then what they stand on. */
  async stop(): Promise<void> {
    await this.stopProcesses();
    await this.simulator?.stop();
    await this.redis?.stop();
    await this.postgres?.stop();
  }

  async stopProcesses(): Promise<void> {
    await Promise.all(this.processes.map((each) => each.stop()));
  }
}

function startPostgres({ dataDir, env, apis = 2, workers = 4, postgresLog = () => undefined }: ClusterOptions) {
  const pool = Number(env.DATABASE_POOL ?? room.DATABASE_POOL);
  return ClusterPostgres.start(dataDir, postgresLog, (apis + workers + 2) * pool + spareConnections);
}

function startSimulator(options: ClusterOptions, port: number, login: ReturnType<typeof newSimulatorLogin>) {
  const webhookUrl = `http://${loopback}:${port}/api/webhooks/ghl`;
  return startSimulatorProcess(options.dataDir, { ...login, webhookUrl, ...options.simulator }, options.server);
}

const simulatorVariables = (simulator: SimulatorProcess, login: ReturnType<typeof newSimulatorLogin>) => ({
  GHL_API_URL: simulator.url,
  GHL_CONSENT_URL: simulator.consentUrl,
  GHL_SIMULATED: 'yes',
  GHL_CLIENT_ID: login.clientId,
  GHL_CLIENT_SECRET: login.clientSecret,
  GHL_WEBHOOK_PUBLIC_KEY: simulator.publicKey,
  SNAPSHOT_POLL_MS: '500',
});
