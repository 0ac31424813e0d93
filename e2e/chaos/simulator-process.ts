import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GhlSimulatorOptions } from '../../backend/src/integrations/ghl/ghl.simulator.js';
import { SimControl } from '../../backend/src/integrations/ghl/testing/simulated-world.js';
import { builtFile } from './killable-product.js';

const login = { clientId: '66f1c0ffee5eed0000000001-chaos', clientSecret: 'chaos-client-secret' };

/** HighLevel as a process that outlives every kill of the product; its journal is the judge. */
export class SimulatorProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    readonly url: string,
    private readonly consentUrl: string,
    readonly control: SimControl,
  ) {}

  static async start(options: GhlSimulatorOptions): Promise<SimulatorProcess> {
    const directory = mkdtempSync(join(tmpdir(), 'switchyard-simulator-'));
    const given = { ...login, ...options, dataFile: join(directory, 'state.json') };
    const child = fork(builtFile('integrations/ghl/ghl-simulator.main.js'), [JSON.stringify(given)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [{ url, consentUrl }] = (await once(child, 'message')) as [{ url: string; consentUrl: string }];
    return new SimulatorProcess(child, directory, url, consentUrl, new SimControl(url));
  }

  /** What tells the product to use this one. */
  async variables(): Promise<Record<string, string>> {
    const { pem } = await this.control.get<{ pem: string }>('public-key');
    return {
      GHL_API_URL: this.url,
      GHL_CONSENT_URL: this.consentUrl,
      GHL_CLIENT_ID: login.clientId,
      GHL_CLIENT_SECRET: login.clientSecret,
      GHL_WEBHOOK_PUBLIC_KEY: pem,
    };
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}
