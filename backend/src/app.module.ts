import { type DynamicModule, Module } from '@nestjs/common';
import { EngineModule } from './engine/engine.module.js';
import { AiModule } from './integrations/ai/index.js';
import { GhlModule } from './integrations/ghl/index.js';
import { LlmModule } from './integrations/llm/index.js';
import { AuditModule } from './modules/audit/index.js';
import { BatchesModule } from './modules/batches/index.js';
import { GhlOauthModule } from './modules/ghl-oauth/index.js';
import { HealthModule } from './modules/health/index.js';
import { IdentityModule } from './modules/identity/index.js';
import { InsightModule } from './modules/insight/index.js';
import { ProvisioningModule } from './modules/provisioning/index.js';
import { RealtimeModule } from './modules/realtime/index.js';
import { SettingsModule } from './modules/settings/index.js';
import { SnapshotsModule } from './modules/snapshots/index.js';
import { TenancyModule } from './modules/tenancy/index.js';
import { WorkersModule } from './modules/workers/index.js';
import type { Config } from './platform/config/index.js';
import type { Log } from './platform/logging/index.js';
import { PlatformModule } from './platform/platform.module.js';

/** The table of contents of the product. Every process is made from it; a main decides what of it is started. */
@Module({})
export class AppModule {
  static forRoot(config: Config, log?: Log, database?: 'connected' | 'unconnected'): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot(config, undefined, log, database),
        EngineModule.forRoot(config),

        GhlModule,
        AiModule,
        LlmModule,

        TenancyModule,
        IdentityModule,
        AuditModule,
        SettingsModule,

        GhlOauthModule,
        SnapshotsModule,

        ProvisioningModule,
        BatchesModule,

        InsightModule,
        RealtimeModule,
        WorkersModule,
        HealthModule,
      ],
    };
  }
}
