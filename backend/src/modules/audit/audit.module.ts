import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';
import { AuditStore } from './audit-store.js';
import { AuditTrailModule } from './audit-trail.module.js';

/** Owns: audit_entries, audit_heads. In: AuditTrail (global). Out: the chain, its proof, its export. */
@Module({
  imports: [AuditTrailModule, IdentityModule],
  controllers: [AuditController],
  providers: [AuditService, AuditStore],
  exports: [AuditService],
})
export class AuditModule {}
