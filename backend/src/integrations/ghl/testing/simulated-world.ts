import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../../platform/clock/clock.js';
import { Secret } from '../../../platform/crypto/secret.js';
import { GhlClient } from '../ghl.client.js';
import type { GhlClientOptions } from '../ghl.client.js';
import type { GhlAccess } from '../ghl.port.js';
import { GhlRateBudget } from '../ghl-rate-budget.js';
import { startGhlSimulator } from '../ghl.simulator.js';
import type { GhlSimulator, GhlSimulatorOptions } from '../ghl.simulator.js';
import type { FaultScript } from '../simulator/faults.js';
import type { JournalEntry } from '../simulator/journal.js';

export const clientId = '66f1c0ffee5eed0000000001-test';
export const redirectUri = 'http://127.0.0.1:9/callback';

export const allScopes = [
  'oauth.readonly',
  'oauth.write',
  'locations.readonly',
  'locations.write',
  'snapshots.readonly',
  'users.readonly',
  'users.write',
  'companies.readonly',
  'locations/customValues.readonly',
  'locations/customValues.write',
];

/** A quick simulator: no latency, loads within a tenth of a second. */
export const quickSimulator = (options: GhlSimulatorOptions = {}): Promise<GhlSimulator> =>
  startGhlSimulator({
    clientId,
    clientSecret: 'test-client-secret',
    latency: { minMs: 0, p50: 0, p99: 0 },
    speed: 1_000,
    loadMs: { min: 60_000, max: 90_000 },
    ...options,
  });

export const aClient = (url: string, options: Partial<GhlClientOptions> = {}): GhlClient => {
  const clock = new Clock();
  return new GhlClient({
    apiUrl: url,
    consentUrl: url,
    clientId,
    clientSecret: new Secret('test-client-secret'),
    scopes: allScopes,
    callDeadlineMs: 3_000,
    clock,
    budget: GhlRateBudget.inMemory(clock),
    ...options,
  });
};

/** Opens the consent page and presses its Approve button, as a browser without JavaScript would. */
export async function consent(client: GhlClient, future = true): Promise<{ code: string; redirectUri: string }> {
  const url = client.consentUrl({ state: 'st-1', redirectUri });
  const page = await (await fetch(url)).text();
  const inputs = [...page.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)];
  const form = new URLSearchParams(
    inputs.map(([, name, value]): [string, string] => [name!, value!.replaceAll('&#38;', '&')]),
  );
  if (!future) form.delete('future');
  form.set('decision', 'approve');
  const answer = await fetch(new URL(url).origin + new URL(url).pathname, {
    method: 'POST',
    body: form,
    redirect: 'manual',
  });
  const back = new URL(answer.headers.get('location')!);
  return { code: back.searchParams.get('code')!, redirectUri };
}

export async function connect(client: GhlClient, future = true): Promise<GhlAccess> {
  const { code } = await consent(client, future);
  const grant = await client.exchangeCode(code, redirectUri);
  return { token: grant.accessToken, holder: grant.holder, companyId: grant.companyId, expiresAt: grant.expiresAt };
}

/** The simulator's control, in the words of a test. */
export class SimControl {
  constructor(private readonly url: string) {}

  async post(path: string, body: object = {}): Promise<Record<string, unknown>> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}/__sim/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as Record<string, unknown>;
  }

  async get<T>(path: string): Promise<T> {
    return (await (await fetch(`${this.url}/__sim/${path}`)).json()) as T;
  }

  fault(script: FaultScript) {
    return this.post('faults', script);
  }

  async journal(): Promise<JournalEntry[]> {
    return (await this.get<{ entries: JournalEntry[] }>('journal')).entries;
  }
}

export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('It did not happen in time');
}

export const aDataFile = () => join(mkdtempSync(join(tmpdir(), 'ghl-simulator-')), 'state.json');
