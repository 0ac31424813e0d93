import { Global, Module } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { type Config, CONFIG } from '../../platform/config/index.js';
import { Secret } from '../../platform/crypto/secret.js';
import { Log } from '../../platform/logging/index.js';
import { RedisConnections } from '../../platform/redis/index.js';
import { GhlClient } from './ghl.client.js';
import { GhlPort } from './ghl.port.js';
import { GhlRateBudget } from './ghl-rate-budget.js';
import { MemoryRateLedger } from './rate/memory-rate-ledger.js';
import { RateLedger } from './rate/rate-ledger.js';
import { RedisRateLedger } from './rate/redis-rate-ledger.js';

const officialApi = 'https://services.leadconnectorhq.com';
const officialConsent = 'https://marketplace.gohighlevel.com';

/** What provisioning needs. Custom values and users of a sub-account belong to the sub-account's own token. */
export const ghlScopes = [
  'oauth.readonly',
  'oauth.write',
  'companies.readonly',
  'locations.readonly',
  'locations.write',
  'snapshots.readonly',
  'users.readonly',
  'users.write',
  'locations/customValues.readonly',
  'locations/customValues.write',
];

export const ghlApiUrl = (config: Config) => config.GHL_API_URL ?? officialApi;

/** A stand-in for the API stands in for the consent page too, unless told otherwise. */
const ghlConsentUrl = (config: Config) => config.GHL_CONSENT_URL ?? config.GHL_API_URL ?? officialConsent;

@Global()
@Module({
  providers: [
    {
      provide: RateLedger,
      useFactory: (config: Config, clock: Clock, connections: RedisConnections, log: Log): RateLedger => {
        const rules = { countedWithinMs: config.GHL_COUNTED_WITHIN_MS };
        if (!connections.isConfigured) return new MemoryRateLedger(clock, rules);
        return new RedisRateLedger({ redis: connections.commands, clock, log, rules });
      },
      inject: [CONFIG, Clock, RedisConnections, Log],
    },
    {
      provide: GhlRateBudget,
      useFactory: (config: Config, clock: Clock, ledger: RateLedger) =>
        new GhlRateBudget({ clock, ledger, countedWithinMs: config.GHL_COUNTED_WITHIN_MS }),
      inject: [CONFIG, Clock, RateLedger],
    },
    {
      provide: GhlPort,
      useFactory: (config: Config, clock: Clock, budget: GhlRateBudget) =>
        new GhlClient({
          apiUrl: ghlApiUrl(config),
          consentUrl: ghlConsentUrl(config),
          clientId: config.GHL_CLIENT_ID ?? 'switchyard',
          clientSecret: config.GHL_CLIENT_SECRET ?? new Secret('switchyard'),
          scopes: ghlScopes,
          callDeadlineMs: config.CALL_DEADLINE_MS,
          clock,
          budget,
        }),
      inject: [CONFIG, Clock, GhlRateBudget],
    },
  ],
  exports: [GhlPort, GhlRateBudget],
})
export class GhlModule {}
