import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BreakerStore } from './breaker-store.js';
import { Breakers } from './breakers.js';
import { ConnectionStore } from './connection-store.js';
import { ConnectionsController } from './connections.controller.js';
import { ConnectionsService } from './connections.service.js';
import { GhlAccounts } from './ghl-accounts.js';
import { GhlConnectionEntity } from './ghl-connection.entity.js';
import { GhlWebhooksController } from './ghl-webhooks.controller.js';
import { GhlWebhooks } from './ghl-webhooks.service.js';
import { RateIncidents } from './rate-incidents.js';
import { RefreshSchedule } from './refresh-schedule.js';
import { TokenRefresh } from './token-refresh.js';

/** Owns the connection to HighLevel: consent, tokens, webhooks, circuit breakers. Out: calls with a token that is good now. */
@Module({
  imports: [TypeOrmModule.forFeature([GhlConnectionEntity])],
  controllers: [ConnectionsController, GhlWebhooksController],
  providers: [
    BreakerStore,
    Breakers,
    ConnectionStore,
    ConnectionsService,
    GhlAccounts,
    GhlWebhooks,
    RateIncidents,
    RefreshSchedule,
    TokenRefresh,
  ],
  exports: [ConnectionsService, GhlAccounts, RateIncidents],
})
export class GhlOauthModule {}
