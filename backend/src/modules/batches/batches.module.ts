import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GhlOauthModule } from '../ghl-oauth/index.js';
import { ProvisioningModule } from '../provisioning/index.js';
import { BatchDecisions } from './batch-decisions.js';
import { BatchEntity } from './batch.entity.js';
import { BatchExports } from './batch-exports.js';
import { BatchFigures } from './batch-figures.js';
import { BatchPlans } from './batch-plans.js';
import { BatchStore } from './batch-store.js';
import { BatchViews } from './batch-views.js';
import { checkSaga, startSaga } from './batch-work.js';
import { BatchesController } from './batches.controller.js';
import { BatchesService } from './batches.service.js';
import { RowAdvice } from './row-advice.js';
import { RowChecks } from './row-checks.js';

/** Owns batches and batch_rows. In: a table of businesses. Out: one provisioning job for each row that was reviewed. */
@Module({
  imports: [TypeOrmModule.forFeature([BatchEntity]), GhlOauthModule, ProvisioningModule],
  controllers: [BatchesController],
  providers: [
    ...[
      BatchesService,
      BatchStore,
      BatchViews,
      BatchFigures,
      BatchPlans,
      BatchDecisions,
      BatchExports,
      RowChecks,
      RowAdvice,
    ],
    ...[...checkSaga.steps, ...startSaga.steps],
  ],
  exports: [BatchesService, BatchDecisions, BatchViews, BatchExports],
})
export class BatchesModule {}
