import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Cluster, type ClusterOptions } from '../../backend/src/boot/cluster/cluster.js';
import type { ClusterProcess } from '../../backend/src/boot/cluster/cluster-process.js';
import { seedCluster } from '../../backend/src/boot/cluster/seed-cluster.js';
import { endAbandonedPostgres } from '../../backend/src/platform/database/embedded-postgres.js';
import { giveConsent } from '../support/agency.js';
import { Caller, cookieOf } from '../support/caller.js';
import { until } from '../support/until.js';

const server = resolve(import.meta.dirname, '../../dist/server/backend/src');

/** Times of production, made short enough to wait for. */
const impatient = {
  LOG_LEVEL: 'info',
  LEASE_MS: '2000',
  HEARTBEAT_MS: '500',
  SWEEP_MS: '1000',
  SETTLE_MS: '500',
  RECHECK_MS: '200',
  SNAPSHOT_POLL_MS: '200',
  REQUESTS_PER_MINUTE: '1000000',
};

/** The built product as several processes, with its administrator signed in. Nothing is restarted but by the test. */
export class StartedCluster {
  private constructor(
    readonly cluster: Cluster,
    private readonly dataDir: string,
    private readonly cookie: string,
  ) {}

  static async start(options: Partial<Omit<ClusterOptions, 'dataDir' | 'server'>> = {}): Promise<StartedCluster> {
    const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-cluster-'));
    // Postgres runs as another account when we are root, and must be able to enter.
    chmodSync(dataDir, 0o755);
    const env = { PATH: process.env.PATH, ...impatient, ...options.env };
    const cluster = await Cluster.start({ simulator: { speed: 600 }, ...options, env, dataDir, server });
    const way = await seedCluster(cluster.env, cluster.apis[0].url);
    const token = /#token=(\S+)/.exec(way.link!.reveal())![1];
    const answer = await new Caller(cluster.apis[0].url, { origin: cluster.apis[0].url }).post('/api/session/link', {
      token,
    });
    return new StartedCluster(cluster, dataDir, cookieOf(answer));
  }

  /** The administrator at one of the api processes. */
  admin(api: ClusterProcess = this.cluster.apis[0]): Caller {
    return new Caller(`http://127.0.0.1:${api.port}`, { cookie: this.cookie, origin: api.url });
  }

  /** A person, signed in at one of the api processes with the cookie of a browser. */
  async signIn(person: { email: string; password: string }, api: ClusterProcess): Promise<Caller> {
    const visitor = new Caller(`http://127.0.0.1:${api.port}`, { origin: api.url });
    const answer = await visitor.post('/api/session', { email: person.email, password: person.password });
    return new Caller(visitor.base, { cookie: cookieOf(answer), origin: api.url });
  }

  /** Gives the consent as a browser does, and waits until the library of snapshots is there. */
  async connect(): Promise<void> {
    const { consentUrl } = await this.admin().must<{ consentUrl: string }>('POST', '/api/connections/ghl');
    const { pathname, search } = await giveConsent(consentUrl);
    await this.admin().get(pathname + search);
    await until(async () => {
      const library = await this.admin().must<{ items: object[] }>('GET', '/api/snapshots');
      return library.items[0];
    }, 30_000);
  }

  async remove(): Promise<void> {
    await this.cluster.stop();
    await endAbandonedPostgres(this.dataDir, () => undefined);
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
