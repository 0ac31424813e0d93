import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { GhlSimulatorOptions } from '../../backend/src/integrations/ghl/ghl.simulator.js';
import type { FaultScript } from '../../backend/src/integrations/ghl/simulator/faults.js';
import type { JournalEntry } from '../../backend/src/integrations/ghl/simulator/journal.js';
import type { SimState } from '../../backend/src/integrations/ghl/simulator/state.js';
import { builtFile } from './product-process.js';

const login = { clientId: '66f1c0ffee5eed0000000001-chaos', clientSecret: 'chaos-client-secret' };

export const simulatorSecrets = new Map([
  ['client secret', login.clientSecret],
  ['an access token', 'sim-access-'],
  ['a refresh token', 'sim-refresh-'],
]);

/** A connection for each question: one that was kept may be closed by the busy other side just when it is used again. */
const alone = { connection: 'close' };

export interface Held {
  serial: number;
  method: string;
  path: string;
  phase: 'received' | 'applied';
}

/** HighLevel as a process that outlives every kill of the product; its journal is the judge. */
export class SimulatorProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(options: GhlSimulatorOptions): Promise<SimulatorProcess> {
    const given = JSON.stringify({ ...login, ...options });
    const child = fork(builtFile('integrations/ghl/ghl-simulator.main.js'), [given], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    return new SimulatorProcess(child, url);
  }

  /** What tells the product to use this one. */
  async variables(): Promise<Record<string, string>> {
    const { pem } = await this.get<{ pem: string }>('public-key');
    return {
      GHL_API_URL: this.url,
      GHL_CONSENT_URL: `${this.url}/v2/oauth/chooselocation`,
      GHL_CLIENT_ID: login.clientId,
      GHL_CLIENT_SECRET: login.clientSecret,
      GHL_WEBHOOK_PUBLIC_KEY: pem,
    };
  }

  state(): Promise<SimState> {
    return this.get<SimState>('state');
  }

  async held(): Promise<Held[]> {
    return (await this.get<{ held: Held[] }>('held')).held;
  }

  /** The number of the last call that was heard. */
  async lastSerial(): Promise<number> {
    return (await this.get<{ serial: number }>(`journal?after=${Number.MAX_SAFE_INTEGER}`)).serial;
  }

  async journal(after = 0): Promise<JournalEntry[]> {
    return (await this.get<{ entries: JournalEntry[] }>(`journal?after=${after}`)).entries;
  }

  async fault(...scripts: FaultScript[]): Promise<void> {
    await this.post('faults', { scripts });
  }

  async clearFaults(): Promise<void> {
    await fetch(`${this.url}/__sim/faults`, { method: 'DELETE', headers: alone });
  }

  async get<Shape>(path: string): Promise<Shape> {
    return (await (await fetch(`${this.url}/__sim/${path}`, { headers: alone })).json()) as Shape;
  }

  async post<Shape = unknown>(path: string, body: object = {}): Promise<Shape> {
    const headers = { ...alone, 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}/__sim/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as Shape;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}
