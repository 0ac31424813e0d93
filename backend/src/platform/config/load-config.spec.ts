import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { envExample } from './describe-variables.js';
import { ConfigError, loadConfig } from './load-config.js';

function faultsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe('loadConfig', () => {
  it('needs nothing: every variable has a default or may be absent', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      PORT: 3000,
      LEASE_MS: 15_000,
      SETTLE_MS: 120_000,
      publicUrl: 'http://localhost:3000',
      ghlMode: 'off',
    });
    expect(config.LOCATION_AUDIT_AFTER).toEqual([600_000, 3_600_000, 86_400_000]);
  });

  it('names all faults at once, with what would be right', () => {
    const faults = faultsOf({
      PORT: '70000',
      LEASE_MS: 'soon',
      LOG_LEVEL: 'loud',
      GHL_API_URL: 'ftp://x',
      GHL_WEBHOOK_PUBLIC_KEY: 'no key',
    });
    expect(faults).toHaveLength(5);
    expect(faults.join('\n')).toMatch(/PORT must be between 0 and 65535/);
    expect(faults.join('\n')).toMatch(/GHL_WEBHOOK_PUBLIC_KEY must be an Ed25519 public key/);
  });

  it('repeats no value, least of all a secret', () => {
    const faults = faultsOf({
      DATABASE_URL: 'mysql://root:hunter2@db',
      ADMIN_EMAIL: 'a@b.example',
      ADMIN_PASSWORD: 'hunter2',
    });
    expect(faults).toHaveLength(2);
    expect(faults.join('\n')).not.toMatch(/hunter2|mysql/);
  });

  it('keeps together what belongs together', () => {
    expect(faultsOf({ ADMIN_EMAIL: 'a@b.example' })).toEqual([expect.stringContaining('ADMIN_PASSWORD')]);
    expect(faultsOf({ GHL_CLIENT_ID: 'x' })).toEqual([expect.stringContaining('GHL_CLIENT_SECRET')]);
    expect(faultsOf({ LEASE_MS: '1000', HEARTBEAT_MS: '900' })).toEqual([expect.stringContaining('HEARTBEAT_MS')]);
  });

  it('reads a secret from a file, and refuses two places for one', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'secret');
    writeFileSync(file, 'from-a-file\n');
    const config = loadConfig({ GHL_CLIENT_ID: 'x', GHL_CLIENT_SECRET_FILE: file });
    expect(config.GHL_CLIENT_SECRET!.reveal()).toBe('from-a-file');
    expect(JSON.stringify(config)).not.toContain('from-a-file');
    expect(faultsOf({ GHL_CLIENT_ID: 'x', GHL_CLIENT_SECRET: 'y', GHL_CLIENT_SECRET_FILE: file })).toEqual([
      expect.stringContaining('both set'),
    ]);
    expect(faultsOf({ GHL_CLIENT_ID: 'x', GHL_CLIENT_SECRET_FILE: `${file}-gone` }).join()).toContain('cannot be read');
  });

  it('goes to a stand-in when one is named, and to HighLevel when an app is', () => {
    expect(loadConfig({ GHL_API_URL: 'http://127.0.0.1:9' }).ghlMode).toBe('real');
    expect(loadConfig({ GHL_CLIENT_ID: 'x', GHL_CLIENT_SECRET: 'y' }).ghlMode).toBe('real');
    expect(loadConfig({ GHL_API_URL: 'http://127.0.0.1:9', GHL_SIMULATED: 'yes' }).ghlMode).toBe('simulator');
    expect(faultsOf({ GHL_SIMULATED: 'yes' })).toEqual([expect.stringContaining('GHL_API_URL is not set')]);
  });

  it('takes a model at OpenAI with a key, or at another endpoint without one', () => {
    expect(faultsOf({ OPENAI_MODEL: 'x' })).toEqual([expect.stringContaining('OPENAI_MODEL needs OPENAI_API_KEY')]);
    expect(loadConfig({ OPENAI_MODEL: 'x', OPENAI_API_KEY: 'k' }).OPENAI_STRUCTURED).toBe('json_schema');
    const other = loadConfig({ OPENAI_MODEL: 'x', OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1/' });
    expect(other.OPENAI_BASE_URL).toBe('http://127.0.0.1:11434/v1');
    expect(loadConfig({ OPENAI_API_KEY: 'of something else' }).OPENAI_MODEL).toBeUndefined();
  });

  it('takes .env.example as it is', () => {
    const lines = envExample()
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    expect(lines).toEqual([]);
    expect(envExample()).toContain('# PORT=3000');
  });
});
