import { Controller, Get, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public, Returns, Unlimited } from '../../platform/http/index.js';
import { HealthReport } from './health.schema.js';
import { HealthService } from './health.service.js';
import { StatusOfReport } from './status-of-report.js';

const why = 'Probes of the orchestrator have no credentials; the answer names parts and nothing else';

@ApiTags('health')
@Controller('health')
@UseInterceptors(StatusOfReport)
@Unlimited('A probe that is refused would restart the process')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('live')
  @Public(why)
  @Returns(200, HealthReport)
  getLiveness() {
    return this.health.live();
  }

  @Get('ready')
  @Public(why)
  @Returns(200, HealthReport)
  getReadiness() {
    return this.health.ready();
  }

  @Get('startup')
  @Public(why)
  @Returns(200, HealthReport)
  getStartup() {
    return this.health.startup();
  }
}
