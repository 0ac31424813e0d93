import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Relay } from '../../engine/events/relay.js';
import { GhlPort, type GhlSnapshot } from '../../integrations/ghl/index.js';
import { Clock } from '../../platform/clock/clock.js';
import { AuditTrail, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { notFound } from '../../platform/errors/index.js';
import type { Principal } from '../../platform/http/index.js';
import { ConnectionsService, GhlAccounts } from '../ghl-oauth/index.js';
import { LoadsService } from './loads.service.js';
import { SnapshotEntity } from './snapshot.entity.js';
import type {
  AnnotateSnapshot,
  SnapshotLibrary,
  SnapshotLoads,
  SnapshotsQuery,
  SnapshotView,
} from './snapshots.schema.js';

/** Owns snapshots: HighLevel's list, kept with its age, and the agency's own words about each. */
@Injectable()
export class SnapshotsService implements OnModuleInit {
  constructor(
    private readonly ghl: GhlPort,
    private readonly accounts: GhlAccounts,
    private readonly connections: ConnectionsService,
    private readonly loads: LoadsService,
    private readonly transaction: Transaction,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
    private readonly relay: Relay,
  ) {}

  /** A new connection brings its library along. */
  onModuleInit(): void {
    this.relay.on('ghl.connected', async (event) => {
      const connectionId = event.payload['connectionId'] as string;
      const listed = await this.listAt(event.tenant, connectionId);
      await this.transaction.run(event.tenant, (tx) => this.keep(tx, connectionId, listed));
    });
  }

  async library(tenant: TenantId, query: SnapshotsQuery): Promise<SnapshotLibrary> {
    const { all, loads } = await this.transaction.run(tenant, async (tx) => ({
      all: await this.all(tx),
      loads: await this.loads.counts(tx),
    }));
    const refreshedAt = all.reduce<Date | null>(
      (newest, { seenAt }) => (newest && newest > seenAt ? newest : seenAt),
      null,
    );
    return {
      items: all
        .filter((snapshot) => matches(snapshot, query))
        .map((snapshot) => toSnapshotView(snapshot, loads.get(snapshot.id))),
      verticals: [...new Set(all.flatMap(({ vertical }) => vertical ?? []))].sort(),
      refreshedAt: refreshedAt?.toISOString() ?? null,
      ageSeconds: refreshedAt ? Math.round((this.clock.now().getTime() - refreshedAt.getTime()) / 1_000) : null,
    };
  }

  async refresh(tenant: TenantId, by: Principal, connectionId?: string): Promise<SnapshotLibrary> {
    const connection = await this.connections.chosen(tenant, connectionId);
    const listed = await this.listAt(tenant, connection.id);
    await this.transaction.run(tenant, async (tx) => {
      await this.keep(tx, connection.id, listed);
      await this.audit.record(tx, {
        actor: by.actor,
        action: 'snapshots.refresh',
        object: `ghl-connection:${connection.id}`,
        data: { count: listed.length },
      });
    });
    return this.library(tenant, {});
  }

  async annotate(tenant: TenantId, by: Principal, id: string, words: AnnotateSnapshot): Promise<SnapshotView> {
    return this.transaction.run(tenant, async (tx) => {
      const [snapshot] = await tx.manager.findBy(SnapshotEntity, { agencyId: tenant, id });
      if (!snapshot) throw notFound('snapshot');
      const written = { ...words, annotatedBy: by.actor, annotatedAt: this.clock.now() };
      await tx.manager.update(SnapshotEntity, { agencyId: tenant, id }, written);
      await this.audit.record(tx, {
        actor: by.actor,
        action: 'snapshots.annotate',
        object: `snapshot:${id}`,
        data: { before: wordsOf(snapshot), after: words },
      });
      return toSnapshotView({ ...snapshot, ...written }, (await this.loads.counts(tx)).get(id));
    });
  }

  /** HighLevel's list as a job has just read it. */
  async noteListed(tenant: TenantId, connectionId: string, listed: GhlSnapshot[]): Promise<void> {
    await this.transaction.run(tenant, (tx) => this.keep(tx, connectionId, listed));
  }

  /** The snapshot as HighLevel named it in the last minute; nothing when it was not asked since, or did not name it. */
  async seenLately(
    tenant: TenantId,
    connectionId: string,
    id: string,
  ): Promise<{ id: string; name: string } | undefined> {
    const [seen] = await this.transaction.run(tenant, (tx) =>
      tx.query<{ id: string; name: string }>(
        `SELECT id, name FROM snapshots WHERE agency_id = $1 AND connection_id = $2 AND id = $3
           AND gone_at IS NULL AND seen_at > now() - interval '1 minute'`,
        [tenant, connectionId, id],
      ),
    );
    return seen;
  }

  private listAt(tenant: TenantId, connectionId: string): Promise<GhlSnapshot[]> {
    return this.accounts.asCompany(tenant, connectionId, (access) =>
      this.ghl.listSnapshots(access, { lane: 'priority' }),
    );
  }

  /** What HighLevel no longer names is marked as gone, with its words kept. */
  private async keep(tx: Tx, connectionId: string, listed: GhlSnapshot[]): Promise<void> {
    await tx.query(
      `INSERT INTO snapshots (agency_id, connection_id, id, name, type, seen_at)
       SELECT $1, $2, s.id, s.name, s.type, now() FROM unnest($3::text[], $4::text[], $5::text[]) AS s(id, name, type) ORDER BY s.id
       ON CONFLICT (agency_id, connection_id, id) DO UPDATE SET name = excluded.name, type = excluded.type, seen_at = excluded.seen_at, gone_at = NULL`,
      [
        tx.tenant,
        connectionId,
        listed.map(({ id }) => id),
        listed.map(({ name }) => name),
        listed.map(({ type }) => type),
      ],
    );
    await tx.query(
      'UPDATE snapshots SET gone_at = now() WHERE agency_id = $1 AND connection_id = $2 AND gone_at IS NULL AND NOT (id = ANY ($3))',
      [tx.tenant, connectionId, listed.map(({ id }) => id)],
    );
  }

  /** The library, or what of it belongs to one connection; with what is gone. */
  all(tx: Tx, connectionId?: string): Promise<SnapshotEntity[]> {
    const where = { agencyId: tx.tenant, ...(connectionId && { connectionId }) };
    return tx.manager.find(SnapshotEntity, { where, order: { name: 'ASC' } });
  }
}

const wordsOf = ({ vertical, language, description, contents, customValues }: SnapshotEntity) => ({
  vertical,
  language,
  description,
  contents,
  customValues,
});

function matches(snapshot: SnapshotEntity, { search, vertical, type }: SnapshotsQuery): boolean {
  const text = [snapshot.name, snapshot.vertical, snapshot.description, ...snapshot.contents].join(' ').toLowerCase();
  return (
    (!search || text.includes(search.toLowerCase())) &&
    (!vertical || snapshot.vertical === vertical) &&
    (!type || snapshot.type === type)
  );
}

const noLoads: SnapshotLoads = { done: 0, underWay: 0, failed: 0, lastFailure: null };

function toSnapshotView(snapshot: SnapshotEntity, loads = noLoads): SnapshotView {
  const { id, connectionId, name, type, vertical, language, description, contents, customValues } = snapshot;
  return {
    ...{ id, connectionId, name, type, vertical, language, description, contents, customValues },
    annotatedAt: snapshot.annotatedAt?.toISOString() ?? null,
    gone: snapshot.goneAt !== null,
    loads,
  };
}
