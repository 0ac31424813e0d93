import { Global, Module } from '@nestjs/common';
import { AuditTrail } from '../../platform/database/index.js';
import { ChainedAuditTrail } from './chained-audit-trail.js';

/** Lets every module write the trail, also those that the reading side depends on. */
@Global()
@Module({ providers: [{ provide: AuditTrail, useClass: ChainedAuditTrail }], exports: [AuditTrail] })
export class AuditTrailModule {}
