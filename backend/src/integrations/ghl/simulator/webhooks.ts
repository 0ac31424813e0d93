import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { chance } from './random.js';
import type { Sim } from './sim.js';
import type { SimDelivery, SimSignature } from './state.js';

const mostAttempts = 12;
const firstBackOffMs = 10_000;
const answerWithinMs = 5_000;

/** The DER of an Ed25519 private key is this prefix and 32 bytes (RFC 8410). */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Sends signed webhooks from the state's list, so that a restart goes on where it stopped. */
export class SimWebhooks {
  readonly #key: KeyObject;
  readonly publicKeyPem: string;
  readonly #inFlight = new Set<SimDelivery>();
  #timer?: NodeJS.Timeout;
  #stopped = false;

  constructor(private readonly sim: Sim) {
    const bytes = createHash('sha256').update(`webhook-key\n${sim.options.seed}`).digest();
    this.#key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, bytes]), format: 'der', type: 'pkcs8' });
    this.publicKeyPem = createPublicKey(this.#key).export({ type: 'spki', format: 'pem' }) as string;
  }

  /** Queues an event; `afterMs` is not scaled. */
  tell(
    type: string,
    fields: Record<string, unknown>,
    afterMs = 0,
    signature: SimSignature = this.sim.state.webhookMode.signature,
  ): string {
    const { state } = this.sim;
    const webhookId = this.sim.makeId('webhook');
    const { duplicates, spreadMs, underData } = state.webhookMode;
    const about = { webhookId, timestamp: new Date(this.sim.now() + afterMs).toISOString() };
    const body = JSON.stringify(
      underData ? { type, data: { type, ...fields }, ...about } : { type, ...fields, ...about },
    );
    for (let copy = 0; copy <= duplicates; copy++) {
      const spread = spreadMs * chance(this.sim.options.seed, 'spread', webhookId, copy);
      state.deliveries.push({ webhookId, type, body, signature, attempt: 0, dueAt: this.sim.now() + afterMs + spread });
    }
    this.sim.store.changed();
    this.wake();
    return webhookId;
  }

  wake(): void {
    clearTimeout(this.#timer);
    const next = Math.min(
      ...this.sim.state.deliveries.filter((delivery) => !this.#inFlight.has(delivery)).map(({ dueAt }) => dueAt),
    );
    if (this.#stopped || next === Infinity) return;
    this.#timer = setTimeout(() => this.#sendDue(), Math.max(0, Math.min(next - this.sim.now(), 2 ** 31 - 1)));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #sendDue(): void {
    const now = this.sim.now();
    const due = this.sim.state.deliveries.filter((delivery) => delivery.dueAt <= now && !this.#inFlight.has(delivery));
    for (const delivery of due) void this.#send(delivery);
    this.wake();
  }

  async #send(delivery: SimDelivery): Promise<void> {
    const url = this.sim.state.webhookUrl;
    this.#inFlight.add(delivery);
    // Nothing leaves before the state that it tells about is safe.
    await this.sim.store.commit();
    const accepted = url === undefined || (await this.#post(url, delivery));
    this.#inFlight.delete(delivery);
    delivery.attempt++;
    if (accepted || delivery.attempt > mostAttempts) {
      this.sim.state.deliveries = this.sim.state.deliveries.filter((other) => other !== delivery);
    } else {
      const jitter = 0.5 + chance(this.sim.options.seed, 'back-off', delivery.webhookId, delivery.attempt);
      delivery.dueAt = this.sim.now() + this.sim.scaled(firstBackOffMs * 2 ** (delivery.attempt - 1) * jitter);
    }
    this.sim.store.changed();
    await this.sim.store.commit();
    this.wake();
  }

  async #post(url: string, { body, signature }: SimDelivery): Promise<boolean> {
    try {
      const headers = { 'content-type': 'application/json', ...this.#signed(body, signature) };
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(answerWithinMs),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false; // the receiver is away: the back-off handles it
    }
  }

  #signed(body: string, signature: SimSignature): Record<string, string> {
    const good = sign(null, Buffer.from(body), this.#key).toString('base64');
    if (signature === 'none') return {};
    if (signature === 'N/A') return { 'x-ghl-signature': 'N/A' };
    if (signature === 'legacy') return { 'x-wh-signature': good };
    return {
      'x-ghl-signature':
        signature === 'good' ? good : sign(null, Buffer.from(`${body} `), this.#key).toString('base64'),
    };
  }
}
