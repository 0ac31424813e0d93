import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Inbox, type StoredEvent } from '../../engine/events/inbox.js';
import { Outbox } from '../../engine/events/outbox.js';
import { GhlWebhook, ghlWebhookPublicKey, isSignedByGhl } from '../../integrations/ghl/index.js';
import { type Config, CONFIG } from '../../platform/config/index.js';
import { sha256Hex } from '../../platform/http/index.js';
import { AuditTrail, type Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { Log } from '../../platform/logging/index.js';
import { ConnectionStore } from './connection-store.js';
import { ConnectionsService } from './connections.service.js';

const provider = 'ghl';
/** HighLevel repeats an event with its first time stamp, so age refuses nothing; a time that cannot be true is not believed. */
const farthestMs = 60 * 86_400_000;

/** HighLevel's webhooks: proved, stored, answered, and only then worked on. */
@Injectable()
export class GhlWebhooks implements OnModuleInit {
  private readonly appId: string | undefined;

  constructor(
    private readonly inbox: Inbox,
    private readonly connections: ConnectionsService,
    private readonly store: ConnectionStore,
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.appId = config.GHL_CLIENT_ID?.split('-')[0];
  }

  onModuleInit(): void {
    this.inbox.handle(provider, (tx, event) => this.handle(tx, event));
  }

  /** Stored before the answer. HighLevel repeats an event only when it hears 429, so that is what a failure to store says. */
  async receive(
    rawBody: Buffer | undefined,
    signature: string | undefined,
  ): Promise<{ received: true; duplicate: boolean }> {
    if (!rawBody || !isSignedByGhl(rawBody, signature, this.config.GHL_WEBHOOK_PUBLIC_KEY ?? ghlWebhookPublicKey)) {
      throw new AppError('unauthenticated', 'webhook-signature', 'The body is not signed by HighLevel.');
    }
    const event = readEvent(rawBody);
    if (event.appId && this.appId && event.appId !== this.appId) return { received: true, duplicate: false };
    try {
      return { received: true, duplicate: !(await this.storeFor(event, rawBody)) };
    } catch (error) {
      this.log.error('A webhook could not be stored; HighLevel is asked to send it again', { type: event.type, error });
      throw new AppError('rate-limited', 'webhook-not-stored', 'The event could not be stored. Send it again.', {
        retryAfterMs: 10_000,
        cause: error,
      });
    }
  }

  private async storeFor(event: GhlWebhook, rawBody: Buffer): Promise<boolean> {
    const id = event.webhookId ?? sha256Hex(rawBody);
    const account = event.companyId;
    const owners = account ? await this.connections.connectedTo(account) : [];
    const shared = {
      provider,
      account,
      type: event.type,
      payload: event as Record<string, unknown>,
      occurredAt: timeOf(event),
    };
    if (owners.length === 0) return this.inbox.accept({ ...shared, key: `unclaimed:${id}` });
    const stored = await Promise.all(
      owners.map(({ tenant, connectionId }) => this.inbox.accept({ ...shared, tenant, key: `${connectionId}:${id}` })),
    );
    return stored.some(Boolean);
  }

  private async handle(tx: Tx, event: StoredEvent): Promise<void> {
    const payload = event.payload as GhlWebhook;
    if (event.type === 'UNINSTALL') return this.uninstalled(tx, payload, event.occurredAt);
    if (event.type === 'LocationCreate') return this.locationCreated(tx, payload);
  }

  private async locationCreated(tx: Tx, { companyId, id, name, email }: GhlWebhook): Promise<void> {
    const connection = (await this.store.all(tx)).find((each) => each.companyId === companyId);
    if (!connection || !id || !name || !email) return;
    const payload = { connectionId: connection.id, locationId: id, name, email };
    await this.outbox.tell(tx, { type: 'ghl.location-created', payload });
  }

  /** Of the whole agency, or of one sub-account. An event that is older than the present connection is about the one before. */
  private async uninstalled(tx: Tx, event: GhlWebhook, occurredAt: Date | null): Promise<void> {
    for (const connection of await this.store.all(tx)) {
      if (connection.companyId !== event.companyId || (occurredAt && occurredAt < connection.connectedAt)) continue;
      if (event.locationId && connection.holder === 'Company') {
        await this.store.forgetLocations(tx, connection.id, event.locationId);
        continue;
      }
      if (connection.status === 'disconnected') continue;
      await this.store.end(
        tx,
        connection.id,
        'reconnect',
        'The app was removed in HighLevel. Connect the agency again.',
      );
      await this.audit.record(tx, {
        actor: 'provider:ghl',
        action: 'connections.uninstalled',
        object: `ghl-connection:${connection.id}`,
      });
      await this.outbox.tell(tx, { type: 'ghl.connection-lost', payload: { connectionId: connection.id } });
    }
  }
}

function readEvent(rawBody: Buffer): GhlWebhook {
  let json: unknown;
  try {
    json = JSON.parse(rawBody.toString('utf8'));
  } catch {
    json = undefined; // signed, and still not JSON: refused below like any other shape
  }
  const read = GhlWebhook.safeParse(json);
  if (!read.success) throw new AppError('validation', 'webhook-shape', 'The event has no type.');
  return read.data;
}

function timeOf(event: GhlWebhook): Date | undefined {
  const at = event.timestamp ? new Date(event.timestamp) : undefined;
  return at && Math.abs(Date.now() - at.getTime()) < farthestMs ? at : undefined;
}
