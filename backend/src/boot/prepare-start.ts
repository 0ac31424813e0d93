import { parseArgs } from 'node:util';
import { type Config, ConfigError, type Environment, loadConfig } from '../platform/config/index.js';
import { parseKeyRing } from '../platform/crypto/key-ring.js';
import { Secret } from '../platform/crypto/secret.js';

export interface Main {
  /** The file, as it is called. */
  readonly name: string;
  readonly does: string;
  /** What this main cannot do without, although others can. */
  readonly needs: readonly ('DATABASE_URL' | 'VAULT_KEYS')[];
}

/**
 * The checked environment of a main. Ends the process instead when it was asked for help (0) or a check (0), or when
 * something is wrong (2): every fault is named, and nothing was started.
 */
export function prepareStart(main: Main, argv: string[], env: Environment): Config {
  const { help, 'check-config': checkOnly } = optionsOf(main, argv);
  if (help) end(0, helpFor(main));
  const config = configOrEnd(main, env);
  if (checkOnly) end(0, 'The environment is complete and well-formed.');
  return config;
}

function configOrEnd(main: Main, env: Environment): Config {
  const missing = main.needs.filter((name) => !env[name] && !env[`${name}_FILE`]).map((name) => `${name} is not set.`);
  try {
    const config = loadConfig(env);
    const faults = [...missing, ...keyFaults(config.VAULT_KEYS)];
    return faults.length > 0 ? end(2, new ConfigError(faults).message) : config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const keys = env.VAULT_KEYS ? keyFaults(new Secret(env.VAULT_KEYS)) : [];
    return end(2, new ConfigError([...missing, ...error.faults, ...keys]).message);
  }
}

function keyFaults(keys: Secret | undefined): string[] {
  try {
    if (keys) parseKeyRing(keys);
    return [];
  } catch (error) {
    return [(error as Error).message]; // names the entry, never what stands there
  }
}

function optionsOf(main: Main, args: string[]) {
  try {
    return parseArgs({ args, options: { help: { type: 'boolean' }, 'check-config': { type: 'boolean' } } }).values;
  } catch (error) {
    return end(2, `${(error as Error).message}\n\n${helpFor(main)}`);
  }
}

const helpFor = ({ name, does }: Main) =>
  [
    `Usage: node ${name} [--check-config] [--help]`,
    '',
    does,
    '',
    '  --check-config  check the environment, name every fault, start nothing',
    '  --help          show this',
    '',
    'Settings come from the environment; docs/configuration.md lists them.',
  ].join('\n');

function end(code: 0 | 2, message: string): never {
  (code === 0 ? process.stdout : process.stderr).write(`${message}\n`);
  process.exit(code);
}
