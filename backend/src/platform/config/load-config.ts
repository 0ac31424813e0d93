import { readFileSync } from 'node:fs';
import { type Values, type Variable, type VariableName, variables } from './variables.js';

/** Where a provider's calls go: to a stand-in that we brought, to the configured address, or nowhere. */
export type ProviderMode = 'simulator' | 'real' | 'off';

export interface Derived {
  readonly publicUrl: string;
  readonly ghlMode: ProviderMode;
  /** Where VAULT_KEYS was read from, when it was a file: it is read again and again. */
  readonly vaultKeysFile?: string;
}
export type Config = Readonly<Values> & Derived;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with the environment, in one message. Holds names and rules, never values. */
export class ConfigError extends Error {
  constructor(readonly faults: string[]) {
    super(
      `The environment has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/** Reads and checks the environment before anything else starts. Throws a ConfigError that lists all faults at once. */
export function loadConfig(env: Environment): Config {
  const faults: string[] = [];
  const values: Partial<Record<VariableName, unknown>> = {};
  for (const [name, variable] of Object.entries(variables) as [VariableName, Variable][]) {
    const given = valueOf(env, name, variable, faults);
    const read = variable.schema.safeParse(given);
    if (read.success) values[name] = read.data;
    else faults.push(`${name} ${read.error.issues[0].message}. ${variable.doc}`);
  }
  const config = values as Values;
  faults.push(...faultsBetween(config, (name) => Boolean(env[name] || env[`${name}_FILE`])));
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze({
    ...config,
    publicUrl: config.PUBLIC_URL ?? `http://localhost:${config.PORT}`,
    ...(env.VAULT_KEYS_FILE && { vaultKeysFile: env.VAULT_KEYS_FILE }),
    ghlMode: ghlModeOf(config),
  });
}

function ghlModeOf({ GHL_API_URL, GHL_CLIENT_ID, GHL_SIMULATED }: Values): ProviderMode {
  if (!GHL_CLIENT_ID && !GHL_API_URL) return 'off';
  return GHL_SIMULATED === 'yes' ? 'simulator' : 'real';
}

/** An empty variable counts as absent: that is how compose files and shells say "not set". */
function valueOf(env: Environment, name: string, variable: Variable, faults: string[]): string | undefined {
  const file = variable.secret ? env[`${name}_FILE`] : undefined;
  if (!file) return env[name] || undefined;
  if (env[name]) faults.push(`${name} and ${name}_FILE are both set; keep one of them.`);
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    faults.push(`${name}_FILE names a file that cannot be read.`);
    return undefined;
  }
}

/** By what was given, not by what could be read: one wrong value is one fault. */
function faultsBetween(config: Values, isGiven: (name: VariableName) => boolean): string[] {
  const faults: string[] = [];
  if (config.HEARTBEAT_MS * 2 > config.LEASE_MS)
    faults.push('HEARTBEAT_MS must be at most half of LEASE_MS, so that one lost heartbeat loses no lease.');
  if (config.RUN_SOFT_LIMIT >= config.RUN_HARD_LIMIT)
    faults.push('RUN_SOFT_LIMIT must be below RUN_HARD_LIMIT, so that a step can end in between.');
  if (isGiven('ADMIN_EMAIL') !== isGiven('ADMIN_PASSWORD'))
    faults.push('ADMIN_EMAIL and ADMIN_PASSWORD belong together: set both or neither.');
  if (isGiven('GHL_CLIENT_ID') !== isGiven('GHL_CLIENT_SECRET'))
    faults.push('GHL_CLIENT_ID and GHL_CLIENT_SECRET belong together: set both or neither.');
  if (config.GHL_SIMULATED === 'yes' && !isGiven('GHL_API_URL'))
    faults.push('GHL_SIMULATED says that GHL_API_URL is a simulator, but GHL_API_URL is not set.');
  if (isGiven('OPENAI_MODEL') && !isGiven('OPENAI_BASE_URL') && !isGiven('OPENAI_API_KEY'))
    faults.push('OPENAI_MODEL needs OPENAI_API_KEY for OpenAI, or the OPENAI_BASE_URL of another endpoint.');
  return faults;
}
