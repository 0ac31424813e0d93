import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { JobStep, StepState } from './runs.schema.js';
import type { Via } from './saga.js';

@Entity('run_steps')
export class RunStepEntity {
  @PrimaryColumn('uuid', { name: 'agency_id' }) agencyId: string;
  @PrimaryColumn('uuid', { name: 'run_id' }) runId: string;
  @PrimaryColumn('int') ordinal: number;
  @Column('text') name: string;
  @Column('text') state: StepState;
  @Column('text') marker: string;
  @Column('int', { name: 'issue_count' }) issueCount: number;
  @Column('text', { name: 'ext_id', nullable: true }) extId: string | null;
  @Column('text', { nullable: true }) via: Via | null;
  @Column('jsonb', { nullable: true }) progress: JobStep['progress'];
  @Column('jsonb', { nullable: true }) output: unknown;
  @Column('jsonb', { nullable: true }) evidence: Record<string, unknown> | null;
  @Column('jsonb', { nullable: true }) error: JobStep['error'];
  @Column('timestamptz', { name: 'intent_at', nullable: true }) startedAt: Date | null;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt: Date | null;
}
