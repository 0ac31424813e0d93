import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Inbox } from '../../engine/events/inbox.js';
import { Outbox } from '../../engine/events/outbox.js';
import { Relay } from '../../engine/events/relay.js';
import { RunsService } from '../../engine/runs/index.js';
import { ghlApiUrl, type GhlGrant, GhlPort } from '../../integrations/ghl/index.js';
import { Clock } from '../../platform/clock/clock.js';
import { type Config, CONFIG } from '../../platform/config/index.js';
import { Secret } from '../../platform/crypto/secret.js';
import { hashOf, newToken } from '../../platform/crypto/tokens.js';
import { AuditTrail, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import type { Principal } from '../../platform/http/index.js';
import { Log } from '../../platform/logging/index.js';
import { BreakerStore } from './breaker-store.js';
import { ConnectionStore } from './connection-store.js';
import type { GhlConnectionEntity } from './ghl-connection.entity.js';
import type { Connections, GhlConnectionView, OauthCallbackQuery } from './ghl-oauth.schema.js';
import { GhlAccounts } from './ghl-accounts.js';
import { laneOf } from './lane-of.js';
import { toConnectionView } from './to-connection-view.js';

const stateLivesMs = 15 * 60_000;
/** Longer than any call that could have failed with the old tokens. */
const justReconnectedMs = 5 * 60_000;
/** Somebody waits for the page. */
const atOnce = { lane: 'priority' } as const;

/** Owns ghl_connections: connects an agency by OAuth, shows what was granted, and disconnects. */
@Injectable()
export class ConnectionsService implements OnModuleInit {
  constructor(
    private readonly ghl: GhlPort,
    private readonly accounts: GhlAccounts,
    private readonly store: ConnectionStore,
    private readonly breakers: BreakerStore,
    private readonly transaction: Transaction,
    private readonly dataSource: DataSource,
    private readonly runs: RunsService,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
    private readonly relay: Relay,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.relay.on('run.waiting', async ({ tenant, payload }) => {
      const isWoken = payload['waitingFor'] === 'connection' || payload['waitingFor'] === 'breaker';
      if (isWoken) await this.wakeLate(tenant, payload['runId'] as string);
    });
  }

  async list(tenant: TenantId): Promise<Connections> {
    const { connections, breakers } = await this.transaction.run(tenant, async (tx) => ({
      connections: await this.store.all(tx),
      breakers: await this.breakers.notClosedOf(tx),
    }));
    return {
      providers: [this.provider()],
      items: connections.map((connection) => toConnectionView(connection, breakers)),
    };
  }

  provider() {
    return {
      name: 'ghl',
      title: 'HighLevel',
      mode: this.config.ghlMode,
      url: this.config.ghlMode === 'off' ? null : ghlApiUrl(this.config),
    };
  }

  /** The address of HighLevel's consent page. Its answer is accepted in the same session only, once, for a quarter of an hour. */
  async start(tenant: TenantId, by: Principal): Promise<{ consentUrl: string }> {
    if (this.config.ghlMode === 'off')
      throw new AppError(
        'conflict',
        'ghl-not-configured',
        'HighLevel is switched off. Set GHL_CLIENT_ID and GHL_CLIENT_SECRET and start again.',
      );
    const sessionId = sessionOf(by);
    const state = newToken();
    await this.transaction.run(tenant, async (tx) => {
      await tx.query('DELETE FROM oauth_states WHERE agency_id = $1 AND expires_at < now()', [tenant]);
      await tx.query(
        'INSERT INTO oauth_states (agency_id, state_hash, session_id, expires_at) VALUES ($1, $2, $3, $4)',
        [tenant, hashOf(state), sessionId, new Date(this.clock.now().getTime() + stateLivesMs)],
      );
      await this.audit.record(tx, { actor: by.actor, action: 'connections.start', object: 'ghl' });
    });
    return { consentUrl: this.ghl.consentUrl({ state: state.reveal(), redirectUri: this.redirectUri }) };
  }

  /** What HighLevel's consent page sent back. Returns where the browser goes next; every fault is told there in words. */
  async finish(tenant: TenantId, by: Principal, query: OauthCallbackQuery): Promise<string> {
    try {
      if (query.error) throw new AppError('forbidden', 'consent-denied', 'The consent was not given.');
      await this.useState(tenant, sessionOf(by), query.state);
      if (!query.code) throw new AppError('validation', 'code-missing', 'HighLevel sent no code.');
      const grant = await this.ghl.exchangeCode(query.code, this.redirectUri);
      await this.keepGrant(tenant, by, grant);
      return '/connect?connected=1';
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'unforeseen';
      this.log.warn('A HighLevel consent could not be used', { tenantId: tenant, code, error });
      await this.audit.recordAlone(tenant, {
        actor: by.actor,
        action: 'connections.connect',
        object: 'ghl',
        outcome: 'failed',
        data: { code },
      });
      return `/connect?problem=${encodeURIComponent(code)}`;
    }
  }

  /** Asks HighLevel again what is granted. */
  async check(tenant: TenantId, by: Principal, id: string): Promise<GhlConnectionView> {
    const granted = await this.askGranted(tenant, id);
    return this.transaction.run(tenant, async (tx) => {
      await this.keepGranted(tx, id, granted);
      const connection = await this.store.find(tx, id);
      await this.audit.record(tx, { actor: by.actor, action: 'connections.check', object: `ghl-connection:${id}` });
      return toConnectionView(connection, await this.breakers.notClosedOf(tx));
    });
  }

  /** Forgets the tokens' use at once; HighLevel is told when it can be reached. Jobs that need the connection wait. */
  async disconnect(tenant: TenantId, by: Principal, id: string): Promise<void> {
    const connection = await this.transaction.run(tenant, async (tx) => {
      const found = await this.store.find(tx, id);
      await this.store.end(tx, id, 'disconnected', 'Disconnected here by a person.');
      await this.audit.record(tx, {
        actor: by.actor,
        action: 'connections.disconnect',
        object: `ghl-connection:${id}`,
      });
      return found;
    });
    if (connection.status === 'active') await this.tellDisconnected(tenant, connection);
  }

  /** With the token that was good a moment ago. What HighLevel answers changes nothing here. */
  private async tellDisconnected(tenant: TenantId, connection: GhlConnectionEntity): Promise<void> {
    try {
      await this.ghl.uninstall(await this.store.accessOf(tenant, connection), atOnce);
    } catch (error) {
      this.log.warn('HighLevel could not be told of the disconnection', {
        tenantId: tenant,
        connectionId: connection.id,
        error,
      });
    }
  }

  /** The connection a request means: the named one, or the only one there is. */
  async chosen(tenant: TenantId, id?: string): Promise<GhlConnectionEntity> {
    const all = await this.transaction.run(tenant, (tx) => this.store.all(tx));
    const found = id ? all.filter((each) => each.id === id) : all.filter((each) => each.status !== 'disconnected');
    if (found.length === 1) return found[0];
    const [code, detail] =
      found.length === 0
        ? [
            'not-connected',
            id ? 'There is no connection with this id.' : 'No HighLevel agency is connected. Open Connect first.',
          ]
        : ['connection-ambiguous', 'Several HighLevel agencies are connected. Say which one.'];
    throw new AppError('validation', code, detail, { errors: [{ pointer: '/connectionId', detail }] });
  }

  /** Every agency of ours that has connected this HighLevel agency. */
  async connectedTo(companyId: string): Promise<{ tenant: TenantId; connectionId: string }[]> {
    const rows = await this.dataSource.query<{ agency_id: string; connection_id: string }[]>(
      'SELECT agency_id, connection_id FROM ghl_agency_of_company($1)',
      [companyId],
    );
    return rows.map((row) => ({ tenant: row.agency_id as TenantId, connectionId: row.connection_id }));
  }

  private get redirectUri(): string {
    return `${this.config.publicUrl}/api/oauth/ghl/callback`;
  }

  private async useState(tenant: TenantId, sessionId: string, state: string | undefined): Promise<void> {
    const used = state
      ? await this.transaction.run(tenant, (tx) =>
          tx.query(
            `UPDATE oauth_states SET used_at = now() WHERE agency_id = $1 AND state_hash = $2 AND session_id = $3
             AND used_at IS NULL AND expires_at > now() RETURNING state_hash`,
            [tenant, hashOf(new Secret(state)), sessionId],
          ),
        )
      : [];
    if (used.length === 0)
      throw new AppError('forbidden', 'state-unknown', 'This consent was not started here, or was used before.');
  }

  private async keepGrant(tenant: TenantId, by: Principal, grant: GhlGrant): Promise<void> {
    const id = await this.transaction.run(tenant, (tx) => this.storeGrant(tx, by, grant));
    const granted = await this.askGranted(tenant, id).catch((error: unknown) => {
      this.log.warn('What was granted could not be read yet', { tenantId: tenant, connectionId: id, error });
      return undefined;
    });
    await this.transaction.run(tenant, async (tx) => {
      await this.keepGranted(tx, id, granted);
      await this.outbox.tell(tx, { type: 'ghl.connected', payload: { connectionId: id } });
    });
  }

  private async storeGrant(tx: Tx, by: Principal, grant: GhlGrant): Promise<string> {
    const id = await this.store.connect(tx, grant, by.actor, this.clock.now());
    await this.inbox.claimAccount(tx, 'ghl', grant.companyId);
    const woken = await this.runs.wakeLane(tx, laneOf(id));
    await this.audit.record(tx, {
      actor: by.actor,
      action: 'connections.connect',
      object: `ghl-connection:${id}`,
      data: { companyId: grant.companyId, holder: grant.holder, scopes: grant.scopes.length, wokenJobs: woken },
    });
    return id;
  }

  /** A job may lie down just after the reconnection, or the answered probe, that has woken the others. */
  private async wakeLate(tenant: TenantId, runId: string): Promise<void> {
    await this.transaction.run(tenant, async (tx) => {
      const [late] = await tx.query<{ lane: string; waiting_for: string }>(
        `SELECT r.lane, r.waiting_for FROM runs r JOIN ghl_connections c ON c.agency_id = r.agency_id AND r.lane = 'ghl:' || c.id
         WHERE r.agency_id = $1 AND r.id = $2 AND (
           (r.waiting_for = 'connection' AND c.status = 'active' AND c.connected_at > now() - $3 * interval '1 ms')
           OR (r.waiting_for = 'breaker' AND NOT EXISTS (
             SELECT 1 FROM ghl_breakers b WHERE b.agency_id = c.agency_id AND b.connection_id = c.id AND b.state <> 'closed')))`,
        [tenant, runId, justReconnectedMs],
      );
      if (late?.waiting_for === 'connection') await this.runs.wakeLane(tx, late.lane);
      if (late?.waiting_for === 'breaker') await this.runs.wakeSoon(tx, runId);
    });
  }

  /** Undefined for a connection of one sub-account: it may not ask about its agency. */
  private async askGranted(tenant: TenantId, id: string): Promise<Granted | undefined> {
    const { holder, companyId } = await this.transaction.run(tenant, (tx) => this.store.find(tx, id));
    if (holder !== 'Company') return undefined;
    return this.accounts.asCompany(tenant, id, async (access) => ({
      companyName: (await this.ghl.getCompany(access, atOnce)).name || companyId,
      toFutureLocations: (await this.ghl.installedLocations(access, { skip: 0, limit: 1 }, atOnce))
        .installToFutureLocations,
    }));
  }

  private async keepGranted(tx: Tx, id: string, granted: Granted | undefined): Promise<void> {
    if (!granted) return;
    await tx.query(
      'UPDATE ghl_connections SET company_name = $3, install_to_future_locations = $4, updated_at = now() WHERE agency_id = $1 AND id = $2',
      [tx.tenant, id, granted.companyName, granted.toFutureLocations],
    );
  }
}

interface Granted {
  companyName: string;
  toFutureLocations: boolean | null;
}

function sessionOf(by: Principal): string {
  if (by.sessionId) return by.sessionId;
  throw new AppError(
    'forbidden',
    'person-required',
    'A connection is made by a person in the console, not with an API key.',
  );
}
