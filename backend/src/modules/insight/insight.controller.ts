import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { TenantId } from '../../platform/database/index.js';
import { Allow, Returns, Tenant } from '../../platform/http/index.js';
import { Dashboard, DashboardQuery } from './insight.schema.js';
import { InsightService } from './insight.service.js';

@ApiTags('dashboard')
@Controller('dashboard')
export class InsightController {
  constructor(private readonly insight: InsightService) {}

  @Get()
  @Allow('dashboard.read')
  @Returns(200, Dashboard)
  getDashboard(@Tenant() tenant: TenantId, @Query({ schema: DashboardQuery }) query: DashboardQuery) {
    return this.insight.dashboard(tenant, query);
  }
}
