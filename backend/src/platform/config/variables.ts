import { z } from 'zod';
import { isEd25519Key } from '../crypto/public-key.js';
import { Secret } from '../crypto/secret.js';

/**
 * The one registry of environment variables. Boot validation, `.env.example` and docs/configuration.md are made
 * from it, and CI compares them. A variable that is not here is not read.
 */
export interface Variable {
  readonly group: string;
  readonly doc: string;
  readonly schema: z.ZodType;
  /** Shown in `.env.example`; never a working secret. */
  readonly example?: string;
  /** May also be given as NAME_FILE, the path of a file that holds it. */
  readonly secret?: boolean;
}

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((url) => url.replace(/\/+$/, ''));
const postgresUrl = z
  .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' })
  .transform((url) => new Secret(url));
const redisUrl = z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }).transform((url) => new Secret(url));
const secretText = z
  .string()
  .min(1)
  .transform((text) => new Secret(text));
const port = z.coerce
  .number({ error: 'must be a port number' })
  .int('must be a port number')
  .min(0, 'must be between 0 and 65535')
  .max(65535, 'must be between 0 and 65535');
const ms = (min: number, max: number) =>
  z.coerce
    .number({ error: 'must be a number of milliseconds' })
    .int('must be a whole number of milliseconds')
    .min(min, `must be at least ${min} (milliseconds)`)
    .max(max, `must be at most ${max} (milliseconds)`);
const duration = /^\d+(ms|s|m|h|d)$/;
const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const toMs = (text: string) => Number.parseInt(text, 10) * unit[text.replace(/^\d+/, '') as keyof typeof unit];

export const variables = {
  PORT: { group: 'Server', doc: 'Port of the REST API, WebSocket and console.', schema: port.default(3000) },
  HOST: {
    group: 'Server',
    doc: 'Address to listen on. Use 0.0.0.0 in a container.',
    schema: z.string().min(1).default('127.0.0.1'),
  },
  PUBLIC_URL: {
    group: 'Server',
    doc: 'Address people and providers use to reach this server. Default: http://localhost:PORT.',
    schema: httpUrl.optional(),
  },
  LOG_LEVEL: {
    group: 'Server',
    doc: 'Least level that is logged.',
    schema: z.enum(['debug', 'info', 'warn', 'error'], { error: 'must be debug, info, warn or error' }).default('info'),
  },
  REQUESTS_PER_MINUTE: {
    group: 'Server',
    doc: 'Requests one caller may make in a minute; one address may make five times as many. Counted over all processes with REDIS_URL, in each one without.',
    schema: z.coerce
      .number({ error: 'must be a number' })
      .int()
      .min(10, 'must be at least 10')
      .max(100_000_000)
      .default(6_000),
  },
  DATA_DIR: {
    group: 'Server',
    doc: 'Where `npm start` keeps its database, keys and simulator state.',
    schema: z.string().min(1).default('.data'),
  },

  DATABASE_URL: {
    group: 'Database',
    doc: 'Postgres as the role switchyard_app. `npm start` brings its own when absent.',
    schema: postgresUrl.optional(),
    secret: true,
    example: 'postgres://switchyard_app:…@db:5432/switchyard',
  },
  DATABASE_OWNER_URL: {
    group: 'Database',
    doc: 'Postgres as the role switchyard_owner; read by `switchyard migrate` only.',
    schema: postgresUrl.optional(),
    secret: true,
    example: 'postgres://switchyard_owner:…@db:5432/switchyard',
  },
  DATABASE_ADMIN_URL: {
    group: 'Database',
    doc: 'Postgres as a superuser; read by `switchyard database prepare` only.',
    schema: postgresUrl.optional(),
    secret: true,
    example: 'postgres://postgres:…@db:5432/postgres',
  },
  DATABASE_POOL: {
    group: 'Database',
    doc: 'Connections per process.',
    schema: z.coerce
      .number({ error: 'must be a number' })
      .int()
      .min(2, 'must be at least 2')
      .max(200, 'must be at most 200')
      .default(16),
  },

  REDIS_URL: {
    group: 'Redis',
    doc: 'Redis, which several processes need and one does not: it carries nudges, live lines, the shared rate budget and counts of requests, and may lose all of it.',
    schema: redisUrl.optional(),
    secret: true,
    example: 'redis://:…@redis:6379',
  },

  VAULT_KEYS: {
    group: 'Security',
    doc: 'Key-encryption keys as `id:base64` (32 bytes each), comma separated. The first one wraps until another is promoted (`switchyard keys`). A VAULT_KEYS_FILE is read again every two seconds. `npm start` makes one in DATA_DIR when absent.',
    schema: secretText.optional(),
    secret: true,
    example: '2026-11:…',
  },
  ADMIN_EMAIL: {
    group: 'Security',
    doc: 'First start: e-mail of the first administrator. Without it a one-time sign-in link is printed.',
    schema: z.email({ error: 'must be an e-mail address' }).optional(),
  },
  ADMIN_PASSWORD: {
    group: 'Security',
    doc: 'First start: password of the first administrator, 12 to 128 characters.',
    schema: z
      .string()
      .min(12, 'must have at least 12 characters')
      .max(128, 'must have at most 128 characters')
      .transform((text) => new Secret(text))
      .optional(),
    secret: true,
  },

  GHL_API_URL: {
    group: 'HighLevel',
    doc: 'HighLevel API, or any server that speaks it. When set, `npm start` starts no simulator.',
    schema: httpUrl.optional(),
    example: 'https://services.leadconnectorhq.com',
  },
  GHL_CONSENT_URL: {
    group: 'HighLevel',
    doc: 'Consent page, or its server. Default: the one that belongs to GHL_API_URL.',
    schema: httpUrl.optional(),
    example: 'https://marketplace.gohighlevel.com/v2/oauth/chooselocation',
  },
  GHL_SIMULATED: {
    group: 'HighLevel',
    doc: 'yes: GHL_API_URL is a simulator, and the console says so.',
    schema: z.enum(['yes', 'no'], { error: 'must be yes or no' }).default('no'),
  },
  GHL_CLIENT_ID: {
    group: 'HighLevel',
    doc: 'Client id of your marketplace app. Without it only a stand-in for HighLevel can be used.',
    schema: z.string().min(1).optional(),
  },
  GHL_CLIENT_SECRET: {
    group: 'HighLevel',
    doc: 'Client secret of your marketplace app.',
    schema: secretText.optional(),
    secret: true,
  },
  GHL_WEBHOOK_PUBLIC_KEY: {
    group: 'HighLevel',
    doc: 'Ed25519 public key (PEM, or its base64 body) that signs webhooks. Default: the key HighLevel publishes.',
    schema: z.string().refine(isEd25519Key, 'must be an Ed25519 public key').optional(),
  },
  GHL_COUNTED_WITHIN_MS: {
    group: 'HighLevel',
    doc: 'The longest time from taking a slot of the rate budget to HighLevel counting the call: a third for our own lag, the rest for the way there. Longer is safer; W / (W + this) of the budget is used.',
    schema: ms(10, 10_000).default(450),
  },
  GHL_SIMULATOR_PORT: {
    group: 'HighLevel',
    doc: 'Port of the simulator that `npm start` brings; 0 takes a free one.',
    schema: port.default(0),
  },
  GHL_SIMULATOR_SPEED: {
    group: 'HighLevel',
    doc: 'How many times faster than HighLevel the simulator loads snapshots.',
    schema: z.coerce.number({ error: 'must be a number' }).positive('must be above 0').max(10_000).default(60),
  },

  BREAKER_FAILURES: {
    group: 'HighLevel',
    doc: 'So many calls without a usable answer within BREAKER_WINDOW hold back all further calls of a connection to that part of HighLevel.',
    schema: z.coerce.number({ error: 'must be a number' }).int().min(1, 'must be at least 1').max(1_000).default(5),
  },
  BREAKER_WINDOW: {
    group: 'HighLevel',
    doc: 'Over which time failures add up.',
    schema: z.string().regex(duration, 'must be a duration such as 30s').default('30s').transform(toMs),
  },
  BREAKER_PAUSE: {
    group: 'HighLevel',
    doc: 'After which time one call may try whether HighLevel answers again; doubled by each that fails, up to eight times as long.',
    schema: z.string().regex(duration, 'must be a duration such as 10s').default('10s').transform(toMs),
  },

  OPENAI_MODEL: {
    group: 'Model',
    doc: 'Language model that is asked for a second opinion on snapshots. Without it nothing is asked of any model.',
    schema: z.string().min(1).max(200).optional(),
    example: 'gpt-4.1-mini',
  },
  OPENAI_BASE_URL: {
    group: 'Model',
    doc: 'Any endpoint that speaks chat completions (OpenAI, Ollama, vLLM), with its version. Default: https://api.openai.com/v1.',
    schema: httpUrl.optional(),
    example: 'http://localhost:11434/v1',
  },
  OPENAI_API_KEY: {
    group: 'Model',
    doc: 'Key of that endpoint. Ollama needs none.',
    schema: secretText.optional(),
    secret: true,
  },
  OPENAI_STRUCTURED: {
    group: 'Model',
    doc: 'How the endpoint is told the form of an answer, which is checked in any case: json_schema (OpenAI, Ollama, vLLM), json_object, or none.',
    schema: z
      .enum(['json_schema', 'json_object', 'none'], { error: 'must be json_schema, json_object or none' })
      .default('json_schema'),
  },
  OPENAI_MAX_TOKENS_PARAM: {
    group: 'Model',
    doc: 'What the endpoint calls the limit of an answer: max_completion_tokens or max_tokens. Default: the first for OpenAI itself, the second for others.',
    schema: z
      .enum(['max_completion_tokens', 'max_tokens'], { error: 'must be max_completion_tokens or max_tokens' })
      .optional(),
  },

  WORKER_CONCURRENCY: {
    group: 'Engine',
    doc: 'Runs that one worker process carries at the same time. A quarter is added for interactive runs and newcomers.',
    schema: z.coerce.number({ error: 'must be a number' }).int().min(1, 'must be at least 1').max(256).default(16),
  },
  LEASE_MS: {
    group: 'Engine',
    doc: 'How long a worker holds a run without a heartbeat.',
    schema: ms(300, 600_000).default(15_000),
  },
  HEARTBEAT_MS: {
    group: 'Engine',
    doc: 'How often a worker renews its leases.',
    schema: ms(50, 200_000).default(5_000),
  },
  SWEEP_MS: {
    group: 'Engine',
    doc: 'How often due runs are looked for without being told.',
    schema: ms(50, 60_000).default(2_000),
  },
  SETTLE_MS: {
    group: 'Engine',
    doc: "How long a provider's answer may lag behind the truth; an unknown outcome waits this long before it is looked up.",
    schema: ms(0, 3_600_000).default(120_000),
  },
  RECHECK_MS: {
    group: 'Engine',
    doc: 'Pause between the two looks that must agree before an effect is issued again.',
    schema: ms(0, 3_600_000).default(30_000),
  },
  CALL_DEADLINE_MS: {
    group: 'Engine',
    doc: 'Total time of one call to a provider.',
    schema: ms(100, 300_000).default(30_000),
  },
  RUN_SOFT_LIMIT: {
    group: 'Engine',
    doc: 'After this time a worker starts no further call of a run: it hands the run back, to go on later.',
    schema: z.string().regex(duration, 'must be a duration such as 25m').default('25m').transform(toMs),
  },
  RUN_HARD_LIMIT: {
    group: 'Engine',
    doc: 'After this time a worker lets go of a run, whatever its step is doing; a successor looks what became of it.',
    schema: z.string().regex(duration, 'must be a duration such as 30m').default('30m').transform(toMs),
  },
  STALL_LIMIT: {
    group: 'Engine',
    doc: 'A process whose event loop does not turn for this time ends itself, so that others take over what it holds.',
    schema: z.string().regex(duration, 'must be a duration such as 60s').default('60s').transform(toMs),
  },
  DRAIN_MS: {
    group: 'Engine',
    doc: 'How long a stopping process lets steps in hand finish. `npm start` uses 3000 when absent.',
    schema: ms(0, 120_000).default(25_000),
  },

  PLAN_TTL: {
    group: 'Provisioning',
    doc: 'How long a plan can be applied.',
    schema: z.string().regex(duration, 'must be a duration such as 30m').default('30m').transform(toMs),
  },
  SNAPSHOT_POLL_MS: {
    group: 'Provisioning',
    doc: 'How often the load of a snapshot is looked at.',
    schema: ms(50, 600_000).default(10_000),
  },
  SNAPSHOT_LOAD_LIMIT: {
    group: 'Provisioning',
    doc: 'After this time a load that has not ended is shown to a person.',
    schema: z.string().regex(duration, 'must be a duration such as 45m').default('45m').transform(toMs),
  },
  LOCATION_AUDIT_AFTER: {
    group: 'Provisioning',
    doc: 'When to look for a second sub-account after one was made: three durations.',
    schema: z
      .string()
      .regex(/^\d+(ms|s|m|h|d)(,\d+(ms|s|m|h|d)){2}$/, 'must be three durations such as 10m,1h,24h')
      .default('10m,1h,24h')
      .transform((text) => text.split(',').map(toMs)),
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;
export type Values = { [Name in VariableName]: z.output<(typeof variables)[Name]['schema']> };
