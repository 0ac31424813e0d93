import { Redis } from 'ioredis';
import { built } from './built.mjs';

const ghl = 'backend/src/integrations/ghl';

/** A process' budget, as the product makes it. */
export async function openBudget(redisUrl, rules) {
  const { Clock } = await built('backend/src/platform/clock/clock.js');
  const { createLog } = await built('backend/src/platform/logging/index.js');
  const { commandOptions } = await built('backend/src/platform/redis/redis-options.js');
  const { GhlRateBudget } = await built(`${ghl}/ghl-rate-budget.js`);
  const { RedisRateLedger } = await built(`${ghl}/rate/redis-rate-ledger.js`);
  const clock = new Clock();
  const redis = new Redis(redisUrl, commandOptions);
  redis.on('error', () => undefined);
  await new Promise((resolve) => redis.once('ready', resolve));
  const ledger = new RedisRateLedger({ redis, clock, log: createLog('warn'), rules });
  return { budget: new GhlRateBudget({ clock, ledger, countedWithinMs: rules.countedWithinMs }), ledger, redis };
}
