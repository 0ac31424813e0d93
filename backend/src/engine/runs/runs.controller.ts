import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import type { TenantId } from '../../platform/database/index.js';
import { Allow, By, Id, type Principal, Returns, ReturnsStream, Tenant } from '../../platform/http/index.js';
import {
  JobCauses,
  JobDetail,
  JobsPage,
  JobsQuery,
  LogPage,
  LogQuery,
  RetriedJobs,
  RetryJobs,
  UndoJob,
} from './runs.schema.js';
import { RunDecisions } from './run-decisions.js';
import { RunViews } from './run-views.js';

@ApiTags('jobs')
@Controller('jobs')
export class RunsController {
  constructor(
    private readonly views: RunViews,
    private readonly decisions: RunDecisions,
  ) {}

  @Get()
  @Allow('jobs.read')
  @Returns(200, JobsPage)
  listJobs(@Tenant() tenant: TenantId, @Query({ schema: JobsQuery }) query: JobsQuery) {
    return this.views.list(tenant, query);
  }

  @Get('causes')
  @Allow('jobs.read')
  @Returns(200, JobCauses)
  listJobCauses(@Tenant() tenant: TenantId) {
    return this.views.causes(tenant);
  }

  @Post('retry')
  @Allow('jobs.control')
  @Returns(202, RetriedJobs)
  retryJobs(@Tenant() tenant: TenantId, @By() by: Principal, @Body({ schema: RetryJobs }) body: RetryJobs) {
    return this.decisions.retryMany(tenant, by, body);
  }

  @Get(':id')
  @Allow('jobs.read')
  @Returns(200, JobDetail)
  getJob(@Tenant() tenant: TenantId, @Param('id', { schema: Id }) id: string) {
    return this.views.get(tenant, id);
  }

  @Get(':id/log')
  @Allow('jobs.read')
  @Returns(200, LogPage)
  getJobLog(
    @Tenant() tenant: TenantId,
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: LogQuery }) query: LogQuery,
  ) {
    return this.views.log(tenant, id, query);
  }

  @Get(':id/log.ndjson')
  @Allow('jobs.read')
  @ReturnsStream(
    'application/x-ndjson',
    'The whole log, one line of JSON each; every line is read through the log query',
  )
  async downloadJobLog(
    @Tenant() tenant: TenantId,
    @Param('id', { schema: Id }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const job = await this.views.get(tenant, id);
    reply
      .header('content-disposition', `attachment; filename="job-${id}.ndjson"`)
      .type('application/x-ndjson; charset=utf-8');
    return Readable.from(this.everyLine(tenant, id, job.lastSeq));
  }

  @Post(':id/retry')
  @Allow('jobs.control')
  @Returns(202, JobDetail)
  retryJob(@Tenant() tenant: TenantId, @By() by: Principal, @Param('id', { schema: Id }) id: string) {
    return this.decisions.retry(tenant, by, id);
  }

  @Post(':id/cancel')
  @Allow('jobs.control')
  @Returns(202, JobDetail)
  cancelJob(@Tenant() tenant: TenantId, @By() by: Principal, @Param('id', { schema: Id }) id: string) {
    return this.decisions.cancel(tenant, by, id);
  }

  @Post(':id/undo')
  @Allow('jobs.undo')
  @Returns(202, JobDetail)
  undoJob(
    @Tenant() tenant: TenantId,
    @By() by: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: UndoJob }) body: UndoJob,
  ) {
    return this.decisions.undo(tenant, by, id, body.confirm);
  }

  private async *everyLine(tenant: TenantId, id: string, lastSeq: number): AsyncGenerator<string> {
    for (let after = 0; after < lastSeq;) {
      const lines = await this.views.linesAfter(tenant, id, after, 2_000);
      if (lines.length === 0) return;
      after = lines.at(-1)!.seq;
      yield lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    }
  }
}
