import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GhlOauthModule } from '../ghl-oauth/index.js';
import { BatchDecisions } from './batch-decisions.js';
import { BatchEntity } from './batch.entity.js';
import { BatchExports } from './batch-exports.js';
import { BatchFigures } from './batch-figures.js';
import { BatchViews } from './batch-views.js';
import { BatchesController } from './batches.controller.js';
import { BatchesService } from './batches.service.js';

/** Owns batches and batch_rows. In: a table of businesses. Out: one provisioning job for each row that was reviewed. */
@Module({
  imports: [TypeOrmModule.forFeature([BatchEntity]), GhlOauthModule],
  controllers: [BatchesController],
  providers: [BatchesService, BatchViews, BatchFigures, BatchDecisions, BatchExports],
  exports: [BatchesService, BatchViews, BatchExports],
})
export class BatchesModule {}
