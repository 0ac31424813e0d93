import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { TenantId } from '../../platform/database/index.js';
import { Allow, Returns, Tenant } from '../../platform/http/index.js';
import { WorkersView } from './workers.schema.js';
import { WorkersService } from './workers.service.js';

@ApiTags('workers')
@Controller('workers')
export class WorkersController {
  constructor(private readonly workers: WorkersService) {}

  @Get()
  @Allow('workers.read')
  @Returns(200, WorkersView)
  getWorkers(@Tenant() tenant: TenantId) {
    return this.workers.view(tenant);
  }
}
