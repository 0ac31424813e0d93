import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { TenantId } from '../../platform/database/index.js';
import { Allow, By, type Principal, Returns, ReturnsStream, Tenant } from '../../platform/http/index.js';
import { AuditPage, AuditQuery, AuditVerdict } from './audit.schema.js';
import { AuditService } from './audit.service.js';

@ApiTags('audit')
@Controller('audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Allow('audit.read')
  @Returns(200, AuditPage)
  listAuditEntries(@Tenant() tenant: TenantId, @Query({ schema: AuditQuery }) query: AuditQuery) {
    return this.audit.list(tenant, query);
  }

  @Get('verify')
  @Allow('audit.read')
  @Returns(200, AuditVerdict)
  verifyAudit(@By() by: Principal) {
    return this.audit.verify(by.tenant, by.actor);
  }

  @Get('export')
  @Allow('audit.read')
  @ReturnsStream(
    'application/x-ndjson',
    'The whole chain, one entry per line, closed by its head; entries hold no secrets',
  )
  async exportAudit(@By() by: Principal) {
    return new StreamableFile(await this.audit.export(by), {
      type: 'application/x-ndjson',
      disposition: 'attachment; filename="audit.ndjson"',
    });
  }
}
