import { Body, Controller, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { TenantId } from '../../platform/database/index.js';
import {
  AcceptsUpload,
  Allow,
  By,
  Id,
  IdempotencyKey,
  type Key,
  type Principal,
  Returns,
  ReturnsStream,
  Tenant,
} from '../../platform/http/index.js';
import { Recommendation } from '../snapshots/index.js';
import { BatchDecisions } from './batch-decisions.js';
import { BatchExports } from './batch-exports.js';
import { BatchViews } from './batch-views.js';
import {
  Batch,
  BatchesPage,
  BatchesQuery,
  BatchResult,
  BatchRowsPage,
  BatchRowsQuery,
  ChangeBatch,
  ChangeBatchRows,
  NewBatch,
  NewBatchQuery,
  RetryBatch,
  RowNumber,
  RowsFileQuery,
  StartBatch,
  UndoBatch,
  uploadBytesAtMost,
} from './batches.schema.js';
import { BatchesService } from './batches.service.js';
import { RowAdvice } from './row-advice.js';

@ApiTags('batches')
@Controller('batches')
export class BatchesController {
  constructor(
    private readonly batches: BatchesService,
    private readonly views: BatchViews,
    private readonly decisions: BatchDecisions,
    private readonly exports: BatchExports,
    private readonly advice: RowAdvice,
  ) {}

  @Get()
  @Allow('jobs.read')
  @Returns(200, BatchesPage)
  listBatches(@Tenant() tenant: TenantId, @Query({ schema: BatchesQuery }) query: BatchesQuery) {
    return this.views.list(tenant, query);
  }

  @Post()
  @Allow('provisioning.plan')
  @AcceptsUpload(uploadBytesAtMost)
  @Returns(201, Batch)
  async createBatch(
    @Tenant() tenant: TenantId,
    @By() by: Principal,
    @IdempotencyKey() key: Key,
    @Query({ schema: NewBatchQuery }) query: NewBatchQuery,
    @Body({ schema: NewBatch }) body: NewBatch,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const batch = await this.batches.create(tenant, by, key, { ...body, ...query });
    reply.header('location', `/api/batches/${batch.id}`);
    return batch;
  }

  @Get(':id')
  @Allow('jobs.read')
  @Returns(200, Batch)
  getBatch(@Tenant() tenant: TenantId, @Param('id', { schema: Id }) id: string) {
    return this.views.get(tenant, id);
  }

  @Patch(':id')
  @Allow('provisioning.plan')
  @Returns(200, Batch)
  changeBatch(
    @Tenant() tenant: TenantId,
    @By() by: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: ChangeBatch }) body: ChangeBatch,
  ) {
    return this.batches.change(tenant, by, id, body);
  }

  @Get(':id/rows')
  @Allow('jobs.read')
  @Returns(200, BatchRowsPage)
  listBatchRows(
    @Tenant() tenant: TenantId,
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: BatchRowsQuery }) query: BatchRowsQuery,
  ) {
    return this.views.rows(tenant, id, query);
  }

  @Patch(':id/rows')
  @Allow('provisioning.plan')
  @Returns(200, Batch)
  changeBatchRows(
    @Tenant() tenant: TenantId,
    @By() by: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: ChangeBatchRows }) body: ChangeBatchRows,
  ) {
    return this.batches.changeRows(tenant, by, id, body);
  }

  @Get(':id/rows/:n/recommendation')
  @Allow('provisioning.plan')
  @Returns(200, Recommendation)
  recommendForBatchRow(
    @Tenant() tenant: TenantId,
    @Param('id', { schema: Id }) id: string,
    @Param('n', { schema: RowNumber }) n: number,
  ) {
    return this.advice.of(tenant, id, n);
  }

  @Get(':id/rows.csv')
  @Allow('jobs.read')
  @ReturnsStream('text/csv', 'The rows as they were uploaded, each with its faults; read through the rows query')
  downloadBatchRows(
    @Tenant() tenant: TenantId,
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: RowsFileQuery }) query: RowsFileQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.exports.rowsFile(tenant, id, query, reply);
  }

  @Post(':id/start')
  @Allow('provisioning.start')
  @Returns(202, Batch)
  startBatch(
    @Tenant() tenant: TenantId,
    @By() by: Principal,
    @IdempotencyKey() key: Key,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: StartBatch }) body: StartBatch,
  ) {
    return this.batches.start(tenant, by, key, id, body);
  }

  @Post(':id/pause')
  @Allow('jobs.control')
  @Returns(202, Batch)
  pauseBatch(@Tenant() tenant: TenantId, @By() by: Principal, @Param('id', { schema: Id }) id: string) {
    return this.decisions.pause(tenant, by, id);
  }

  @Post(':id/resume')
  @Allow('jobs.control')
  @Returns(202, Batch)
  resumeBatch(@Tenant() tenant: TenantId, @By() by: Principal, @Param('id', { schema: Id }) id: string) {
    return this.decisions.resume(tenant, by, id);
  }

  @Post(':id/cancel')
  @Allow('jobs.control')
  @Returns(202, Batch)
  cancelBatch(@Tenant() tenant: TenantId, @By() by: Principal, @Param('id', { schema: Id }) id: string) {
    return this.decisions.cancel(tenant, by, id);
  }

  @Post(':id/retry')
  @Allow('jobs.control')
  @Returns(202, Batch)
  retryBatch(
    @Tenant() tenant: TenantId,
    @By() by: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: RetryBatch }) body: RetryBatch,
  ) {
    return this.decisions.retry(tenant, by, id, body);
  }

  @Post(':id/undo')
  @Allow('jobs.undo')
  @Returns(202, Batch)
  undoBatch(
    @Tenant() tenant: TenantId,
    @By() by: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: UndoBatch }) body: UndoBatch,
  ) {
    return this.decisions.undo(tenant, by, id, body.confirm);
  }

  @Get(':id/result.csv')
  @Allow('jobs.read')
  @ReturnsStream('text/csv', 'What became of every row, with its sub-account; read through the rows query')
  downloadBatchResult(
    @Tenant() tenant: TenantId,
    @Param('id', { schema: Id }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.exports.resultFile(tenant, id, reply);
  }

  @Get(':id/result.json')
  @Allow('jobs.read')
  @Returns(200, BatchResult)
  getBatchResult(@Tenant() tenant: TenantId, @Param('id', { schema: Id }) id: string) {
    return this.exports.result(tenant, id);
  }
}
