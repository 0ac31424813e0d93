import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GhlSimulatorOptions } from '../../backend/src/integrations/ghl/ghl.simulator.js';
import { giveConsent } from '../support/agency.js';
import { type Answer, ask } from '../support/ask.js';
import { cookieOf } from '../support/caller.js';
import { until } from '../support/until.js';
import { anyFreePort } from '../../backend/src/platform/free-port.js';
import { database, databaseSecrets, PostgresServer } from './postgres-server.js';
import { type Ending, type Kind, ProductProcess, runMain } from './product-process.js';
import { RedisServer } from './redis-server.js';
import { SimulatorProcess, simulatorSecrets } from './simulator-process.js';
import { TcpProxy } from './tcp-proxy.js';

export type Mode = 'embedded' | 'cluster';

export interface WorldOptions {
  /** Each process reaches Postgres over a cable of its own, which can be spoilt. */
  cables?: boolean;
  simulator?: GhlSimulatorOptions;
  env?: Record<string, string>;
}

/** A HighLevel that is quick and still lags: what was made is not found by a search for 600 ms. */
const quickHighLevel: GhlSimulatorOptions = {
  speed: 50,
  latency: { minMs: 5, p50: 20, p99: 80 },
  searchLagMs: 30_000,
  loadMs: { min: 40_000, max: 60_000 },
  rateLimit: { max: 1_000, windowMs: 2_000, perDay: 2_000_000 },
  allowLocationDelete: true,
};

/** As in production, only shorter: settling is longer than the search lag and a late answer together. */
export const shortTimes = {
  LEASE_MS: '3000',
  HEARTBEAT_MS: '500',
  SWEEP_MS: '200',
  CALL_DEADLINE_MS: '1500',
  SETTLE_MS: '1200',
  RECHECK_MS: '300',
  DRAIN_MS: '3000',
  SNAPSHOT_POLL_MS: '150',
  LOCATION_AUDIT_AFTER: '4s,7s,10s',
  REQUESTS_PER_MINUTE: '1000000',
};

const clusterOf: Kind[] = ['api', 'api', 'worker', 'worker', 'worker', 'worker'];
const email = 'operator@chaos.example';
const password = 'chaos-operator-password';
const vaultKey = randomBytes(32).toString('base64');

/** What no log may ever hold. Tokens of the simulator begin alike. */
export const worldSecrets = new Map([
  ['password of the operator', password],
  ['key of the vault', vaultKey],
  ...databaseSecrets,
  ...simulatorSecrets,
]);

/**
 * The product as it is deployed, with everything that it stands on, each as a process of its own: one that does all
 * (embedded), or two that listen and four that work, with Redis (cluster).
 */
export class World {
  readonly processes: ProductProcess[] = [];
  readonly cables = new Map<ProductProcess, TcpProxy>();
  private headers: Record<string, string> = {};
  private isOver = false;
  private publicUrl = '';

  private constructor(
    readonly mode: Mode,
    readonly postgres: PostgresServer,
    readonly simulator: SimulatorProcess,
    readonly redis: RedisServer | undefined,
    readonly directory: string,
  ) {}

  static async start(mode: Mode, { simulator = {}, env = {}, cables = false }: WorldOptions = {}): Promise<World> {
    const [postgres, highLevel, redis] = await Promise.all([
      PostgresServer.start(),
      SimulatorProcess.start({ ...quickHighLevel, ...simulator }),
      mode === 'cluster' ? RedisServer.start() : undefined,
    ]);
    const world = new World(mode, postgres, highLevel, redis, mkdtempSync(join(tmpdir(), 'switchyard-chaos-')));
    try {
      await world.begin(env, cables);
      return world;
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  /** What a browser sends with each request. */
  get session(): Record<string, string> {
    return this.headers;
  }

  get workers(): ProductProcess[] {
    return this.processes.filter(({ kind }) => kind !== 'api');
  }

  get apis(): ProductProcess[] {
    return this.processes.filter(({ kind }) => kind !== 'worker');
  }

  /** Every process that was ended is started again, and everything answers. */
  async whole(): Promise<void> {
    if (this.isOver) throw new Error('The world has been stopped.');
    await Promise.all(this.processes.map((process) => process.start()));
    await until(
      async () => (await Promise.all(this.processes.map((each) => each.isReady()))).every(Boolean) || undefined,
    );
  }

  /** One question to one API, the first that lives unless told which; no answer is an error. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    api?: { url: string },
  ): Promise<Answer> {
    const to = api ?? this.apis.find(({ isAlive }) => isAlive) ?? this.apis[0];
    return ask(to.url, { method, path, body, headers: { ...this.headers, ...headers } });
  }

  /** Asks until it is answered: for looking at what came of it, not for what is tried. */
  async must<Shape>(method: string, path: string, body?: unknown, headers = this.headers): Promise<Shape> {
    const answer = await until(async () => {
      const heard = await this.ask(method, path, body, headers).catch(() => undefined);
      return heard && heard.status !== 503 && heard.status !== 429 ? heard : undefined;
    }, 30_000);
    if (answer.status >= 400) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return answer.json<Shape>();
  }

  /** The processes that hold these runs at this moment. */
  async ownersOf(runIds: string[]): Promise<ProductProcess[]> {
    const rows = await this.postgres.rows<{ pid: string }>(
      `SELECT DISTINCT split_part(lease_owner, ':', 2) AS pid FROM runs WHERE id = ANY ($1) AND lease_owner IS NOT NULL`,
      [runIds],
    );
    const pids = rows.map(({ pid }) => Number(pid));
    return this.workers.filter((worker) => worker.isAlive && pids.includes(worker.pid));
  }

  /** Gives the consent as a browser does, once more where HighLevel was too slow; again after the connection was lost. */
  async connect(headers = this.headers, companyId?: string): Promise<void> {
    const location = await until(async () => {
      const answer = await this.ask('POST', '/api/connections/ghl', undefined, headers).catch(() => undefined);
      if (answer?.status !== 201) return undefined;
      const { pathname, search } = await giveConsent(answer.json<{ consentUrl: string }>().consentUrl, companyId);
      const { location } = (await this.ask('GET', pathname + search, undefined, headers)).headers;
      return location === '/connect?problem=ghl-timeout' ? undefined : String(location);
    }, 30_000);
    if (location !== '/connect?connected=1') throw new Error(`Connecting led to ${location}`);
  }

  /** A second agency on the same product, connected to a HighLevel agency of its own. */
  async anotherAgency(name: string): Promise<{ companyId: string; headers: Record<string, string> }> {
    const companyId = `company-${name}`;
    const address = `${name}@chaos.example`;
    await this.simulator.post('seed', { companies: [{ id: companyId, name, email: address, agencyPro: true }] });
    await this.cli(database, ['agency', 'create', name]).end;
    const person = ['--email', address, '--name', name, '--role', 'admin', '--agency', name, '--password-stdin'];
    await this.cli(database, ['user', 'create', ...person], `${password}\n`).end;
    const headers = await this.signIn(address);
    await this.connect(headers, companyId);
    return { companyId, headers };
  }

  /** HighLevel's events lead nowhere until they are restored; then it sends them again. */
  async silenceWebhooks(): Promise<{ restore: () => Promise<unknown> }> {
    await this.simulator.post('webhooks', { url: 'http://127.0.0.1:9/' });
    return { restore: () => this.simulator.post('webhooks', { url: `${this.apis[0].url}/api/webhooks/ghl` }) };
  }

  /** `switchyard …` against a database of this world. */
  cli(name: string, args: string[], input = ''): Ending {
    const env = {
      PATH: process.env.PATH,
      VAULT_KEYS: `chaos:${vaultKey}`,
      DATABASE_URL: this.postgres.appUrl({ name }),
      DATABASE_OWNER_URL: this.postgres.ownerUrl(name),
    };
    return runMain('main.cli.js', args, env, input);
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.processes.map((process) => process.kill()));
    await Promise.all([...this.cables.values()].map((cable) => cable.close()));
    await Promise.all([this.simulator.stop(), this.redis?.remove(), this.postgres.remove()]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async begin(env: Record<string, string>, cables: boolean): Promise<void> {
    const shared = {
      ...(await this.simulator.variables()),
      ...shortTimes,
      VAULT_KEYS: `chaos:${vaultKey}`,
      ...(this.redis && { REDIS_URL: this.redis.url }),
      ...env,
    };
    this.publicUrl = `http://localhost:${await anyFreePort()}`;
    // One that does all also migrates, and makes the first agency and its administrator.
    const first = await this.add('embedded', cables, {
      ...shared,
      ...firstStart(this.postgres),
      PUBLIC_URL: this.publicUrl,
    });
    await first.start();
    if (this.mode === 'cluster') {
      await this.remove(first);
      for (const kind of clusterOf) await this.add(kind, cables, { ...shared, PUBLIC_URL: this.publicUrl });
      await Promise.all(this.processes.map((process) => process.start()));
    }
    this.headers = await this.signIn(email);
    await this.simulator.post('webhooks', { url: `${this.apis[0].url}/api/webhooks/ghl` });
    await this.connect();
    await until(async () => (await this.must<{ items: object[] }>('GET', '/api/snapshots')).items[0], 60_000);
  }

  private async add(kind: Kind, cabled: boolean, env: Record<string, string>): Promise<ProductProcess> {
    const name = `${kind}-${this.processes.length}`;
    const cable = cabled ? await TcpProxy.before({ port: this.postgres.port }) : undefined;
    const dataDir = join(this.directory, name);
    mkdirSync(dataDir);
    const own = { DATABASE_URL: this.postgres.appUrl({ port: cable?.port }), DATA_DIR: dataDir };
    const process = new ProductProcess(
      kind,
      name,
      await anyFreePort(),
      { ...env, ...own },
      join(this.directory, `${name}.log`),
    );
    this.processes.push(process);
    if (cable) this.cables.set(process, cable);
    return process;
  }

  private async remove(process: ProductProcess): Promise<void> {
    await process.kill();
    await this.cables.get(process)?.close();
    this.cables.delete(process);
    this.processes.splice(this.processes.indexOf(process), 1);
  }

  private async signIn(address: string): Promise<Record<string, string>> {
    const origin = this.publicUrl;
    const answer = await this.ask('POST', '/api/session', { email: address, password }, { origin });
    if (answer.status !== 201) throw new Error(`Signing in was answered ${answer.status}: ${answer.text}`);
    return { cookie: cookieOf(answer), origin };
  }
}

const firstStart = (postgres: PostgresServer) => ({
  DATABASE_OWNER_URL: postgres.ownerUrl(),
  ADMIN_EMAIL: email,
  ADMIN_PASSWORD: password,
});
