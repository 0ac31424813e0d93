import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { TenantId } from '../../platform/database/index.js';
import { Allow, By, type Principal, Returns, Tenant } from '../../platform/http/index.js';
import {
  AnnotateSnapshot,
  Intake,
  Recommendation,
  SnapshotLibrary,
  SnapshotsQuery,
  SnapshotView,
} from './snapshots.schema.js';
import { SnapshotsService } from './snapshots.service.js';

@ApiTags('snapshots')
@Controller('snapshots')
export class SnapshotsController {
  constructor(private readonly snapshots: SnapshotsService) {}

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

  @Post('recommend')
  @Allow('snapshots.read')
  @Returns(200, Recommendation)
  recommendSnapshot(@Tenant() tenant: TenantId, @Body({ schema: Intake }) body: Intake) {
    return this.snapshots.recommend(tenant, body);
  }
}
