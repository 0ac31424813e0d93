import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A snapshot as HighLevel names it, with what the agency says about it. */
@Entity('snapshots')
export class SnapshotEntity {
  @PrimaryColumn('uuid', { name: 'agency_id' }) agencyId: string;
  @PrimaryColumn('uuid', { name: 'connection_id' }) connectionId: string;
  @PrimaryColumn('text') id: string;
  @Column('text') name: string;
  @Column('text') type: 'own' | 'imported';
  @Column('timestamptz', { name: 'seen_at' }) seenAt: Date;
  @Column('timestamptz', { name: 'gone_at', nullable: true }) goneAt: Date | null;
  @Column('text', { nullable: true }) vertical: string | null;
  @Column('text', { nullable: true }) language: string | null;
  @Column('text', { nullable: true }) description: string | null;
  @Column('text', { array: true }) contents: string[];
  @Column('text', { array: true, name: 'custom_values' }) customValues: string[];
  @Column('text', { name: 'annotated_by', nullable: true }) annotatedBy: string | null;
  @Column('timestamptz', { name: 'annotated_at', nullable: true }) annotatedAt: Date | null;
}
