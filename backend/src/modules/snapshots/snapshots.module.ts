import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GhlOauthModule } from '../ghl-oauth/index.js';
import { SettingsModule } from '../settings/index.js';
import { FeedbackController } from './feedback.controller.js';
import { FeedbackService } from './feedback.service.js';
import { LoadsService } from './loads.service.js';
import { ModelOpinions } from './model-opinions.js';
import { ModelReranker } from './model-reranker.js';
import { QualityService } from './quality.service.js';
import { Recommender } from './recommender.js';
import { SnapshotFeedbackEntity } from './snapshot-feedback.entity.js';
import { SnapshotEntity } from './snapshot.entity.js';
import { SnapshotsController } from './snapshots.controller.js';
import { SnapshotsService } from './snapshots.service.js';

/** Owns the snapshot library, where it is loaded, and what the agency chose from it. Out: the library, and which snapshot fits an intake. */
@Module({
  imports: [TypeOrmModule.forFeature([SnapshotEntity, SnapshotFeedbackEntity]), GhlOauthModule, SettingsModule],
  controllers: [FeedbackController, SnapshotsController],
  providers: [
    SnapshotsService,
    LoadsService,
    ModelOpinions,
    ModelReranker,
    Recommender,
    FeedbackService,
    QualityService,
  ],
  exports: [SnapshotsService, LoadsService, Recommender, FeedbackService],
})
export class SnapshotsModule {}
