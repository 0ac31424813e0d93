import { setTimeout as pause } from 'node:timers/promises';
import type { FaultScript } from '../../backend/src/integrations/ghl/simulator/faults.js';
import { until } from '../support/until.js';
import { type Kind as OrderKind, newOrder, type Order } from './order.js';
import type { ProductProcess } from './product-process.js';
import type { SeededRandom } from './seeded-random.js';
import type { Held } from './simulator-process.js';
import type { World } from './world.js';

export const endStates = ['done', 'failed', 'cancelled', 'undone', 'needs-human'];

/** One go of one fault: its orders, what was done to them and when, and what was found to be wrong. */
export class Try {
  readonly orders: Order[] = [];
  /** Broken promises of this fault, beyond what the checker finds. */
  readonly broken: string[] = [];
  readonly history: { at: string; what: string; detail?: unknown }[] = [];
  private begun = 0;
  private struckAt?: number;
  private recoveredAt?: number;

  constructor(
    readonly world: World,
    readonly random: SeededRandom,
    /** In every name that this try uses, so that nobody else's work is mistaken for its own. */
    readonly name: string,
    /** The last call that HighLevel had heard before. */
    readonly sinceSerial: number,
    /** Each fault once in little time: what is done often is done less often. */
    readonly isQuick: boolean,
  ) {}

  note(what: string, detail?: unknown): void {
    this.history.push({ at: new Date().toISOString(), what, detail });
  }

  /** A promise of this fault: what is not so is a violation. */
  expect(holds: boolean, promise: string, detail?: unknown): void {
    if (!holds) this.broken.push(`${promise}${detail === undefined ? '' : ` (${JSON.stringify(detail)})`}`);
    this.note(`${holds ? 'held' : 'BROKEN'}: ${promise}`, detail);
  }

  /** Work is counted as interrupted from here on. */
  strike(what: string): void {
    this.struckAt = performance.now();
    this.note(what);
  }

  /** From the last blow until all work had ended. */
  get recoveryMs(): number | undefined {
    return this.struckAt && this.recoveredAt ? Math.round(this.recoveredAt - this.struckAt) : undefined;
  }

  /** An order of this kind, which the simulator is ready for; it is not placed yet. */
  async order(kind: OrderKind = 'plain'): Promise<Order> {
    const order = await newOrder(this.world, `${this.name}-${this.begun++}`, kind);
    this.orders.push(order);
    return order;
  }

  async placed(kind: OrderKind = 'plain'): Promise<Order> {
    const order = await this.order(kind);
    await this.place(order);
    return order;
  }

  /** Asks until it is accepted, with the same key each time, and not before it is told to come back. */
  async place(order: Order, withinMs = 120_000): Promise<void> {
    await until(async () => {
      const { accepted, comeBackInMs } = await this.askFor(order);
      return accepted || void (await pause(comeBackInMs));
    }, withinMs);
  }

  /** Asks once. True: it is accepted. */
  async tryToPlace(order: Order, api?: { url: string }): Promise<boolean> {
    return (await this.askFor(order, api)).accepted;
  }

  /** An answer that no outsider may cause ends the try. */
  private async askFor(order: Order, api?: { url: string }): Promise<{ accepted: boolean; comeBackInMs: number }> {
    order.invoked = true;
    let comeBackInMs = 0;
    try {
      const answer = await this.world.ask(
        'POST',
        '/api/provision',
        order.request,
        { 'idempotency-key': order.token },
        api,
      );
      this.note('placed', { order: order.token, status: answer.status, ms: Math.round(answer.ms) });
      comeBackInMs = Number(answer.headers['retry-after'] ?? 0) * 1_000;
      if (answer.status === 202) order.jobId = answer.json<{ jobId: string }>().jobId;
      else if (answer.status < 500 && answer.status !== 429)
        throw new Refused(`${order.token} was answered ${answer.status}: ${answer.text}`);
    } catch (error) {
      if (error instanceof Refused) throw error;
      this.note('not answered', { order: order.token, error: String(error) });
    }
    return { accepted: order.jobId !== undefined, comeBackInMs };
  }

  fault(...scripts: FaultScript[]): Promise<void> {
    this.note('faults', scripts);
    return this.world.simulator.fault(...scripts);
  }

  /** Waits until so many calls of these scripts are held. */
  async held(scripts: FaultScript[], count = scripts.length): Promise<Held[]> {
    const matches = ({ method, path }: Held) =>
      scripts.some(
        ({ match = {} }) =>
          (!match.method || match.method === method) && (!match.path || new RegExp(match.path).test(path)),
      );
    return until(async () => {
      const found = (await this.world.simulator.held()).filter(matches);
      return found.length >= count ? found : undefined;
    }, 30_000);
  }

  async release(held: Held[], then: 'answer' | 'reset' = 'reset'): Promise<void> {
    for (const { serial } of held) await this.world.simulator.post('release', { serial, then });
  }

  /** kill -9 of these, all at once; they are started again a moment later. */
  async kill(processes: ProductProcess[]): Promise<void> {
    this.strike(`kill -9 of ${processes.map(({ name }) => name).join(', ')}`);
    await Promise.all(processes.map((process) => process.kill()));
  }

  /** kill -9 of whoever carries the work of this try, or of some worker when nobody does at this moment. */
  async killOwners(): Promise<void> {
    const owners = await this.world.ownersOf(this.runIds());
    await this.kill(owners.length > 0 ? owners : [this.random.oneOf(this.world.workers)]);
  }

  runIds(): string[] {
    return this.orders.flatMap(({ jobId }) => jobId ?? []);
  }

  async states(): Promise<Map<string, string>> {
    const rows = await this.world.postgres.rows<{ id: string; state: string }>(
      'SELECT id, state FROM runs WHERE id = ANY ($1)',
      [this.runIds()],
    );
    return new Map(rows.map(({ id, state }) => [id, state]));
  }

  /** Waits until all that was accepted has ended, or the bound is over: what is still open then is the checker's to tell. */
  async settle(boundMs: number): Promise<void> {
    for (const end = performance.now() + boundMs; performance.now() < end; await pause(60)) {
      const states = await this.states().catch(() => undefined);
      if (!states || ![...states.values()].every((state) => endStates.includes(state))) continue;
      this.recoveredAt = performance.now();
      return;
    }
  }
}

export class Refused extends Error {}
