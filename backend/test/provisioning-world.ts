import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AppModule } from '../src/app.module.js';
import { RunDecisions, RunViews } from '../src/engine/runs/index.js';
import type { JobDetail, RunState } from '../src/engine/runs/runs.schema.js';
import { WorkerProcess } from '../src/engine/worker-process.js';
import type { GhlSimulator, GhlSimulatorOptions } from '../src/integrations/ghl/index.js';
import type { JournalEntry } from '../src/integrations/ghl/simulator/journal.js';
import type { SimState } from '../src/integrations/ghl/simulator/state.js';
import { clientId, quickSimulator, SimControl } from '../src/integrations/ghl/testing/simulated-world.js';
import { ConnectionsService } from '../src/modules/ghl-oauth/index.js';
import { GhlWebhooks } from '../src/modules/ghl-oauth/ghl-webhooks.service.js';
import { PlanProvisioning, StartProvisioning } from '../src/modules/provisioning/provisioning.schema.js';
import { ProvisioningService } from '../src/modules/provisioning/provisioning.service.js';
import { AgenciesService } from '../src/modules/tenancy/index.js';
import { loadConfig } from '../src/platform/config/index.js';
import { type TenantId, Transaction, type Tx } from '../src/platform/database/index.js';
import { errorKinds, type AppError } from '../src/platform/errors/index.js';
import type { Principal } from '../src/platform/http/index.js';
import { createLog } from '../src/platform/logging/index.js';
import { createTestDatabase, type TestDatabase } from './database.js';

/** Short enough for tests, in the same order of size as in production. */
const shortTimes = {
  LEASE_MS: '1000',
  HEARTBEAT_MS: '200',
  SWEEP_MS: '100',
  SETTLE_MS: '250',
  RECHECK_MS: '60',
  CALL_DEADLINE_MS: '400',
  DRAIN_MS: '500',
  SNAPSHOT_POLL_MS: '50',
  BREAKER_PAUSE: '100ms',
};

interface Given {
  simulator?: GhlSimulatorOptions;
  env?: Record<string, string>;
  /** Without: HighLevel tells nothing, and everything has to be looked for. */
  webhooks?: boolean;
}

/** The product's modules on a database of their own, and a HighLevel that does as it is told. */
export class ProvisioningWorld {
  readonly processes: INestApplicationContext[] = [];
  readonly logged: Record<string, unknown>[] = [];
  tenant: TenantId;
  by: Principal;
  private receiver?: Server;

  private constructor(
    readonly database: TestDatabase,
    readonly simulator: GhlSimulator,
    readonly sim: SimControl,
    /** What a process of this world is started with. */
    readonly env: Record<string, string>,
  ) {}

  static async begin({ simulator: options = {}, env = {}, webhooks = false }: Given = {}): Promise<ProvisioningWorld> {
    const database = await createTestDatabase();
    const rateLimit = { max: 5_000, windowMs: 300, perDay: 1_000_000 };
    const simulator = await quickSimulator({ rateLimit, ...options });
    const sim = new SimControl(simulator.url);
    const { pem } = await sim.get<{ pem: string }>('public-key');
    const world = new ProvisioningWorld(database, simulator, sim, {
      ...shortTimes,
      ...{ DATABASE_URL: database.appUrl, VAULT_KEYS: `test:${randomBytes(32).toString('base64')}` },
      ...{ GHL_API_URL: simulator.url, GHL_CONSENT_URL: simulator.consentUrl },
      ...{ GHL_CLIENT_ID: clientId, GHL_CLIENT_SECRET: 'test-client-secret', GHL_WEBHOOK_PUBLIC_KEY: pem },
      ...env,
    });
    await world.addProcess();
    world.tenant = (await world.get(AgenciesService).createAgency('Acme')).id;
    world.by = world.person();
    if (webhooks) await world.receiveWebhooks();
    return world;
  }

  /** Somebody of this agency, in a session of their own. */
  person(tenant: TenantId = this.tenant): Principal {
    const ids = { userId: randomUUID(), sessionId: randomUUID() };
    return { tenant, actor: 'user:test', name: 'Test', role: 'admin', permissions: new Set(), ...ids };
  }

  async addProcess(): Promise<INestApplicationContext> {
    const log = createLog('info', { write: (line) => this.logged.push(JSON.parse(line) as Record<string, unknown>) });
    const module = await Test.createTestingModule({
      imports: [AppModule.forRoot(loadConfig(this.env), log)],
    }).compile();
    await module.init();
    this.processes.push(module);
    return module;
  }

  get<Service>(service: Type<Service> | (abstract new () => Service), process = 0): Service {
    return this.processes[process].get(service as Type<Service>, { strict: false });
  }

  async work(process = 0): Promise<void> {
    await this.get(WorkerProcess, process).start();
  }

  in<Result>(act: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.get(Transaction).run(this.tenant, act);
  }

  /** Presses Approve on HighLevel's page and comes back, as a browser does. Returns where the console goes next. */
  async connect({ future = true } = {}): Promise<string> {
    const { consentUrl } = await this.get(ConnectionsService).start(this.tenant, this.by);
    return this.get(ConnectionsService).finish(this.tenant, this.by, await decide(consentUrl, { future }));
  }

  async connection(): Promise<Record<string, unknown> & { id: string; status: string; statusReason: string | null }> {
    const { items } = await this.get(ConnectionsService).list(this.tenant);
    return items[0];
  }

  plan(request: object) {
    return this.get(ProvisioningService).plan(this.tenant, this.by, PlanProvisioning.parse(request));
  }

  start(request: object, key?: string) {
    return this.get(ProvisioningService).start(this.tenant, this.by, key, StartProvisioning.parse(request));
  }

  /** Starts it and waits until it is in this state, or for what `holds`. */
  async provision(request: object, wanted: RunState | ((job: JobDetail) => boolean) = 'done'): Promise<JobDetail> {
    return this.until((await this.start(request)).jobId, wanted);
  }

  job = (id: string): Promise<JobDetail> => this.get(RunViews).get(this.tenant, id);
  retry = (id: string) => this.get(RunDecisions).retry(this.tenant, this.by, id);
  cancel = (id: string) => this.get(RunDecisions).cancel(this.tenant, this.by, id);
  undo = async (id: string) => this.get(RunDecisions).undo(this.tenant, this.by, id, (await this.job(id)).title);

  async until(id: string, wanted: RunState | ((job: JobDetail) => boolean), withinMs = 12_000): Promise<JobDetail> {
    const holds = typeof wanted === 'function' ? wanted : (job: JobDetail) => job.state === wanted;
    for (const end = Date.now() + withinMs; ; await pause(15)) {
      const job = await this.job(id);
      if (holds(job)) return job;
      if (Date.now() > end) throw new Error(`The job is ${JSON.stringify(job, null, 1)}\n${await this.messages(id)}`);
    }
  }

  async messages(id: string): Promise<string> {
    const { lines } = await this.get(RunViews).log(this.tenant, id, { after: 0, limit: 5_000 });
    return lines.map(({ message, data }) => `${message} ${JSON.stringify(data)}`).join('\n');
  }

  state = () => this.sim.get<SimState & { held: { phase: string }[] }>('state');

  /** What HighLevel was asked, oldest first; only what took effect when `applied`. */
  async journal(method?: string, path?: RegExp, { applied = false } = {}): Promise<JournalEntry[]> {
    return (await this.sim.journal()).filter(
      (entry) =>
        (!method || entry.method === method) &&
        (!path || path.test(entry.path)) &&
        (!applied || entry.applied.length > 0),
    );
  }

  async end(): Promise<void> {
    for (const process of this.processes) {
      await process.get(WorkerProcess, { strict: false }).stop();
      await process.close();
    }
    await new Promise((closed) => (this.receiver ? this.receiver.close(closed) : closed(undefined)));
    await this.simulator.stop();
    await this.database.drop();
  }

  private async receiveWebhooks(): Promise<void> {
    this.receiver = createServer((incoming, outgoing) => {
      void this.receive(incoming).then((status) => outgoing.writeHead(status).end());
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => this.receiver!.once('listening', listening));
    await this.sim.post('webhooks', { url: `http://127.0.0.1:${(this.receiver!.address() as AddressInfo).port}/` });
  }

  private async receive(incoming: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const signature = incoming.headers['x-ghl-signature'] as string | undefined;
    return this.get(GhlWebhooks)
      .receive(Buffer.concat(chunks), signature)
      .then(
        () => 200,
        (error: AppError) => errorKinds[error.kind].status,
      );
  }
}

/** The form of the consent page, sent as a browser would. Returns the query that HighLevel sends back. */
export async function decide(
  consentUrl: string,
  { future = true, decision = 'approve' } = {},
): Promise<{ code?: string; state?: string; error?: string }> {
  const page = await (await fetch(consentUrl)).text();
  const inputs = [...page.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)];
  const form = new URLSearchParams(
    inputs.map(([, name, value]): [string, string] => [name, value.replaceAll('&#38;', '&')]),
  );
  if (!future) form.delete('future');
  form.set('decision', decision);
  const { origin, pathname } = new URL(consentUrl);
  const answer = await fetch(origin + pathname, { method: 'POST', body: form, redirect: 'manual' });
  return Object.fromEntries(new URL(answer.headers.get('location')!).searchParams);
}

let made = 0;
/** A request to provision that is valid in every field. */
export function aRequest({ business, ...more }: { business?: object } & Record<string, unknown> = {}) {
  const number = ++made;
  return {
    business: { name: `Bright Smile ${number}`, email: `owner.${number}@bright.example`, city: 'Austin', ...business },
    snapshot: 'none' as unknown,
    customValues: [{ name: 'Booking Link', value: `https://book.example/${number}` }],
    users: [{ firstName: 'Ann', lastName: 'Lee', email: `ann.${number}@bright.example` }],
    ...more,
  };
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
