import type { RedisOptions } from 'ioredis';

/** A Redis that is frozen still takes our bytes. After this time a command has failed. */
const COMMAND_MS = 1_000;
/** With it the connection is given up: a request that needs Redis several times waits for it once. */
const SILENCE_MS = COMMAND_MS;
const CONNECT_MS = 2_000;
const RETRY_FROM_MS = 100;
const RETRY_AT_MOST_MS = 2_000;

/** Reconnects for ever, with a jitter so that all processes do not come back in the same moment. */
function retryStrategy(times: number): number {
  const wait = Math.min(RETRY_FROM_MS * 2 ** Math.min(times - 1, 10), RETRY_AT_MOST_MS);
  return wait * (0.75 + Math.random() / 4);
}

/** A replica that was promoted, or one that was demoted: connect anew and find the right one. */
const reconnectOnError = (error: Error) => error.message.startsWith('READONLY');

const everywhere: RedisOptions = {
  connectTimeout: CONNECT_MS,
  keepAlive: 5_000,
  disableClientInfo: true,
  retryStrategy,
  reconnectOnError,
};

/** For commands that somebody waits for: they fail at once while Redis is away, and soon when it does not answer. */
export const commandOptions: RedisOptions = {
  ...everywhere,
  commandTimeout: COMMAND_MS,
  socketTimeout: SILENCE_MS,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
};

/** For subscriptions: nobody waits for them, and they come back by themselves. */
export const subscriberOptions: RedisOptions = { ...everywhere, maxRetriesPerRequest: null };
