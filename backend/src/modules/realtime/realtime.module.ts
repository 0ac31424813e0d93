import { Module } from '@nestjs/common';
import { BatchChangesModule } from '../batches/index.js';
import { IdentityModule } from '../identity/index.js';
import { JobChanges } from './job-changes.js';
import { JobsStreamController } from './jobs-stream.controller.js';
import { LiveSessions } from './live-sessions.js';
import { RealtimeGateway } from './realtime.gateway.js';
import { RealtimeService } from './realtime.service.js';
import { RunPositions } from './run-positions.js';
import { RunTails } from './run-tails.js';

/** Owns no tables. In: what the engine announces. Out: log lines and changed jobs and batches to sockets and streams, each once and in order. */
@Module({
  imports: [BatchChangesModule, IdentityModule],
  controllers: [JobsStreamController],
  providers: [RealtimeGateway, RealtimeService, RunTails, RunPositions, JobChanges, LiveSessions],
})
export class RealtimeModule {}
