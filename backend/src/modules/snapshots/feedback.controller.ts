import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { TenantId } from '../../platform/database/index.js';
import { Allow, By, Id, type Principal, Returns, ReturnsNothing, Tenant } from '../../platform/http/index.js';
import { FeedbackQuery, SnapshotFeedbackPage, SnapshotQuality } from './feedback.schema.js';
import { FeedbackService } from './feedback.service.js';
import { QualityService } from './quality.service.js';

@ApiTags('snapshots')
@Controller('snapshots')
export class FeedbackController {
  constructor(
    private readonly feedback: FeedbackService,
    private readonly quality: QualityService,
  ) {}

  @Get('feedback')
  @Allow('snapshots.read')
  @Returns(200, SnapshotFeedbackPage)
  listSnapshotFeedback(@Tenant() tenant: TenantId, @Query({ schema: FeedbackQuery }) query: FeedbackQuery) {
    return this.feedback.list(tenant, query);
  }

  @Delete('feedback/:id')
  @Allow('snapshots.manage')
  @ReturnsNothing()
  forgetSnapshotFeedback(@Tenant() tenant: TenantId, @By() by: Principal, @Param('id', { schema: Id }) id: string) {
    return this.feedback.forget(tenant, by, id);
  }

  @Get('quality')
  @Allow('snapshots.read')
  @Returns(200, SnapshotQuality)
  getSnapshotQuality(@Tenant() tenant: TenantId) {
    return this.quality.quality(tenant);
  }
}
