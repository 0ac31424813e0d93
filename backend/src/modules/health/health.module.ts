import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { LoopLag } from './loop-lag.js';
import { MigrationState } from './migration-state.js';

/** Owns no tables. In: probes. Out: whether this process lives, has started, and may be sent work. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [HealthService, LoopLag, MigrationState],
  exports: [HealthService, MigrationState],
})
export class HealthModule {}
