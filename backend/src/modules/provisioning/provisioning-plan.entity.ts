import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PlanProvisioning, ProvisioningPlan } from './provisioning.schema.js';

/** A plan that was made, and the run that applied it. */
@Entity('provisioning_plans')
export class ProvisioningPlanEntity {
  @PrimaryColumn('uuid', { name: 'agency_id' }) agencyId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text', { name: 'plan_hash' }) planHash: string;
  @Column('jsonb') request: PlanProvisioning;
  @Column('jsonb') plan: ProvisioningPlan;
  @Column('text', { name: 'created_by' }) createdBy: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
  @Column('uuid', { name: 'run_id', nullable: true }) runId: string | null;
}
