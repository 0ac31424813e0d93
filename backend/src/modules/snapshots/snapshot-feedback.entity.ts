import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Intake } from './recommendation.schema.js';

/** What an agency chose for one business, beside what was recommended. */
@Entity('snapshot_feedback')
export class SnapshotFeedbackEntity {
  @PrimaryColumn('uuid', { name: 'agency_id' }) agencyId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') kind: 'accepted' | 'overridden';
  @Column('jsonb') intake: Intake;
  @Column('text', { name: 'recommended_id', nullable: true }) recommendedId: string | null;
  @Column('text', { name: 'recommended_name', nullable: true }) recommendedName: string | null;
  @Column('text', { name: 'chosen_id', nullable: true }) chosenId: string | null;
  @Column('text', { name: 'chosen_name', nullable: true }) chosenName: string | null;
  @Column('float8') confidence: number;
  @Column('uuid', { name: 'run_id', nullable: true }) runId: string | null;
  @Column('text', { name: 'created_by' }) createdBy: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}
