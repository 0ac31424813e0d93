import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { QueueLane } from '../queue/queue.port.js';
import type { Attention, RunState, WaitingFor } from './runs.schema.js';

/** A run as people read it. The engine's own reads and writes are the functions of the migration engine-runs. */
@Entity('runs')
export class RunEntity {
  @PrimaryColumn('uuid', { name: 'agency_id' }) agencyId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') saga: string;
  @Column('int') version: number;
  @Column('text') title: string;
  @Column('text', { name: 'op_key' }) opKey: string;
  @Column('text', { name: 'request_hash' }) requestHash: string;
  @Column('text', { name: 'exclusive_key', nullable: true }) exclusiveKey: string | null;
  @Column('text') state: RunState;
  @Column('text') direction: 'forward' | 'undo';
  @Column('text', { name: 'waiting_for', nullable: true }) waitingFor: WaitingFor | null;
  /** `infinity` arrives as a number. */
  @Column('timestamptz', { name: 'run_at' }) runAt: Date | number;
  @Column('text') lane: string;
  @Column('text') queue: QueueLane;
  @Column('uuid', { name: 'group_id', nullable: true }) groupId: string | null;
  @Column('boolean') background: boolean;
  @Column('timestamptz', { name: 'cancel_requested_at', nullable: true }) cancelRequestedAt: Date | null;
  @Column('bigint') fence: string;
  @Column('int') attempts: number;
  @Column('int', { name: 'event_seq' }) eventSeq: number;
  @Column('jsonb') input: unknown;
  @Column('jsonb', { nullable: true }) output: unknown;
  @Column('jsonb', { nullable: true }) attention: Attention | null;
  @Column('text', { name: 'created_by' }) createdBy: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt: Date | null;
}
