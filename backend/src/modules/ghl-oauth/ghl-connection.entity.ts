import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { GhlHolder } from '../../integrations/ghl/index.js';

/** One HighLevel agency and its one precious token chain. Cells are sealed by the vault. */
@Entity('ghl_connections')
export class GhlConnectionEntity {
  @PrimaryColumn('uuid', { name: 'agency_id' }) agencyId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text', { name: 'company_id' }) companyId: string;
  @Column('text', { name: 'company_name' }) companyName: string;
  @Column('text') holder: GhlHolder;
  @Column('text', { name: 'location_id', nullable: true }) locationId: string | null;
  @Column('text') status: 'active' | 'reconnect' | 'disconnected';
  @Column('text', { name: 'status_reason', nullable: true }) statusReason: string | null;
  @Column('text', { array: true }) scopes: string[];
  @Column('boolean', { name: 'install_to_future_locations', nullable: true }) installToFutureLocations: boolean | null;
  @Column('text', { name: 'access_cell' }) accessCell: string;
  @Column('text', { name: 'refresh_cell' }) refreshCell: string;
  @Column('text', { name: 'previous_refresh_cell', nullable: true }) previousRefreshCell: string | null;
  @Column('timestamptz', { name: 'access_expires_at' }) accessExpiresAt: Date;
  @Column('timestamptz', { name: 'refresh_due_at' }) refreshDueAt: Date;
  /** Number of the grant: raised when it is renewed, replaced or ended. A refresh of an older one writes nothing. */
  @Column('bigint') generation: string;
  @Column('text', { name: 'refresh_owner', nullable: true }) refreshOwner: string | null;
  @Column('timestamptz', { name: 'refresh_until', nullable: true }) refreshUntil: Date | null;
  @Column('text', { name: 'connected_by' }) connectedBy: string;
  @Column('timestamptz', { name: 'connected_at' }) connectedAt: Date;
}
