import type { Principal } from '../../platform/http/index.js';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BatchDefaults, BatchPlan, ColumnMapping } from './batches.schema.js';

/** Who asks: a person, a program, or `system` on the command line. */
export type By = Pick<Principal, 'actor'>;

export type BatchPhase = 'draft' | 'checking' | 'ready' | 'starting' | 'started' | 'cancelled';

/** A plan as it is kept; how long it takes is asked of the rate budget whenever it is shown. */
export type KeptPlan = Omit<BatchPlan, 'estimateMs'> & {
  /** What the slowest single row takes, however fast calls may be made. */
  longestRowMs: number;
};

export interface BatchSource {
  kind: 'csv' | 'rows';
  fileName: string | null;
  encoding: string | null;
  delimiter: string | null;
  bytes: number | null;
}

/** An upload and what is done with it. What became of its rows is told by their runs. */
@Entity('batches')
export class BatchEntity {
  @PrimaryColumn('uuid', { name: 'agency_id' }) agencyId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') title: string;
  @Column('jsonb') source: BatchSource;
  @Column('text', { array: true }) columns: string[];
  @Column('jsonb') mapping: ColumnMapping;
  @Column('jsonb') defaults: BatchDefaults;
  @Column('int', { name: 'row_count' }) rowCount: number;
  @Column('text') phase: BatchPhase;
  @Column('boolean') paused: boolean;
  @Column('int') revision: number;
  @Column('uuid', { name: 'work_run_id', nullable: true }) workRunId: string | null;
  @Column('uuid', { name: 'connection_id', nullable: true }) connectionId: string | null;
  @Column('timestamptz', { name: 'checked_at', nullable: true }) checkedAt: Date | null;
  @Column('timestamptz', { name: 'locations_read_at', nullable: true }) locationsReadAt: Date | null;
  @Column('int', { name: 'locations_seen', nullable: true }) locationsSeen: number | null;
  @Column('jsonb') plans: KeptPlan[];
  @Column('text', { name: 'plan_hash', nullable: true }) planHash: string | null;
  @Column('text', { name: 'created_by' }) createdBy: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt: Date | null;
  @Column('timestamptz', { name: 'cancelled_at', nullable: true }) cancelledAt: Date | null;
}
