import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GhlOauthModule } from '../ghl-oauth/index.js';
import { SnapshotsModule } from '../snapshots/index.js';
import { BulkProvisioning } from './bulk-provisioning.js';
import { AccessTurns } from './access-turns.js';
import { FindLocation } from './find-location.js';
import { FindUsers } from './find-users.js';
import { GhlCalls } from './ghl-calls.js';
import { ListLocations } from './list-locations.js';
import { LocationAudits } from './location-audits.js';
import { LocationLooks } from './location-looks.js';
import { NoteChoices } from './note-choices.js';
import { Planner } from './planner.js';
import { ProvisioningPlanEntity } from './provisioning-plan.entity.js';
import { ProvisioningController } from './provisioning.controller.js';
import { ProvisioningService } from './provisioning.service.js';
import { locationAuditSaga } from './location-audit.saga.js';
import { provisioningSaga } from './provisioning.saga.js';
import { ReadLiveState } from './read-live-state.js';
import { SnapshotLooks } from './snapshot-looks.js';

/** Makes sub-accounts: plans, is approved, applies step by step, verifies. Owns its plans; its runs belong to the engine. */
@Module({
  imports: [TypeOrmModule.forFeature([ProvisioningPlanEntity]), GhlOauthModule, SnapshotsModule],
  controllers: [ProvisioningController],
  providers: [
    ProvisioningService,
    NoteChoices,
    Planner,
    ReadLiveState,
    FindLocation,
    FindUsers,
    AccessTurns,
    GhlCalls,
    SnapshotLooks,
    LocationAudits,
    LocationLooks,
    BulkProvisioning,
    ListLocations,
    ...provisioningSaga.steps,
    ...locationAuditSaga.steps,
  ],
  exports: [BulkProvisioning, ListLocations],
})
export class ProvisioningModule {}
