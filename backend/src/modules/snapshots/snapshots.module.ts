import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GhlOauthModule } from '../ghl-oauth/index.js';
import { SettingsModule } from '../settings/index.js';
import { SnapshotEntity } from './snapshot.entity.js';
import { SnapshotsController } from './snapshots.controller.js';
import { SnapshotsService } from './snapshots.service.js';

/** Owns the snapshot library. In: HighLevel's list, the agency's words. Out: the library, and which snapshot fits an intake. */
@Module({
  imports: [TypeOrmModule.forFeature([SnapshotEntity]), GhlOauthModule, SettingsModule],
  controllers: [SnapshotsController],
  providers: [SnapshotsService],
  exports: [SnapshotsService],
})
export class SnapshotsModule {}
