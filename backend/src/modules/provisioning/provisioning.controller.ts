import { Body, Controller, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { TenantId } from '../../platform/database/index.js';
import { Allow, By, IdempotencyKey, type Key, type Principal, Returns, Tenant } from '../../platform/http/index.js';
import { PlanProvisioning, ProvisioningPlan, ProvisioningView, StartProvisioning } from './provisioning.schema.js';
import { ProvisioningService } from './provisioning.service.js';

@ApiTags('provision')
@Controller('provision')
export class ProvisioningController {
  constructor(private readonly provisioning: ProvisioningService) {}

  @Post('plan')
  @Allow('provisioning.plan')
  @Returns(200, ProvisioningPlan)
  planProvisioning(
    @Tenant() tenant: TenantId,
    @By() by: Principal,
    @Body({ schema: PlanProvisioning }) body: PlanProvisioning,
  ) {
    return this.provisioning.plan(tenant, by, body);
  }

  @Post()
  @Allow('provisioning.start')
  @Returns(202, ProvisioningView)
  async startProvisioning(
    @Tenant() tenant: TenantId,
    @By() by: Principal,
    @IdempotencyKey() key: Key,
    @Body({ schema: StartProvisioning }) body: StartProvisioning,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const view = await this.provisioning.start(tenant, by, key, body);
    reply.header('location', `/api/jobs/${view.jobId}`);
    return view;
  }
}
