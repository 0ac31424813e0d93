import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { TenantId } from '../../platform/database/index.js';
import { AcceptsLongBody, Allow, By, type Principal, Returns, Tenant } from '../../platform/http/index.js';
import { LoadsService } from './loads.service.js';
import { intakeBytesAtMost, RecommendationAnswer, RecommendSnapshots } from './recommendation.schema.js';
import { Recommender } from './recommender.js';
import {
  AnnotateSnapshot,
  LoadsQuery,
  SnapshotLibrary,
  SnapshotLoadsPage,
  SnapshotsQuery,
  SnapshotView,
} from './snapshots.schema.js';
import { SnapshotsService } from './snapshots.service.js';

@ApiTags('snapshots')
@Controller('snapshots')
export class SnapshotsController {
  constructor(
    private readonly snapshots: SnapshotsService,
    private readonly loads: LoadsService,
    private readonly recommender: Recommender,
  ) {}

  @Get()
  @Allow('snapshots.read')
  @Returns(200, SnapshotLibrary)
  listSnapshots(@Tenant() tenant: TenantId, @Query({ schema: SnapshotsQuery }) query: SnapshotsQuery) {
    return this.snapshots.library(tenant, query);
  }

  @Post('refresh')
  @Allow('snapshots.manage')
  @Returns(200, SnapshotLibrary)
  refreshSnapshots(@Tenant() tenant: TenantId, @By() by: Principal) {
    return this.snapshots.refresh(tenant, by);
  }

  @Put(':id/annotation')
  @Allow('snapshots.manage')
  @Returns(200, SnapshotView)
  annotateSnapshot(
    @Tenant() tenant: TenantId,
    @By() by: Principal,
    @Param('id') id: string,
    @Body({ schema: AnnotateSnapshot }) body: AnnotateSnapshot,
  ) {
    return this.snapshots.annotate(tenant, by, id, body);
  }

  @Get(':id/loads')
  @Allow('snapshots.read')
  @Returns(200, SnapshotLoadsPage)
  listSnapshotLoads(
    @Tenant() tenant: TenantId,
    @Param('id') id: string,
    @Query({ schema: LoadsQuery }) query: LoadsQuery,
  ) {
    return this.loads.list(tenant, id, query);
  }

  @Post('recommend')
  @Allow('provisioning.plan')
  @AcceptsLongBody(intakeBytesAtMost)
  @Returns(200, RecommendationAnswer)
  recommendSnapshot(@Tenant() tenant: TenantId, @Body({ schema: RecommendSnapshots }) body: RecommendSnapshots) {
    return this.recommender.answer(tenant, body);
  }
}
