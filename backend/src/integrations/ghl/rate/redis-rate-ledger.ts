import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Clock } from '../../../platform/clock/clock.js';
import type { Log } from '../../../platform/logging/index.js';
import type { RateAnswer } from './rate-answer.js';
import { type Grant, RateBucket, type RateIncident, type RateView, type Ruling } from './rate-bucket.js';
import { HeldSlots } from './held-slots.js';
import { RateLedger } from './rate-ledger.js';
import { lanes, rateRules, type RateRules, type Wants } from './rate-rules.js';
import { askScript, beatScript, giveBackScript, handInScript, lookScript, settleScript } from './rate-scripts.js';

const scripts = {
  ask: { numberOfKeys: 3, lua: askScript },
  settle: { numberOfKeys: 3, lua: settleScript },
  giveBack: { numberOfKeys: 3, lua: giveBackScript },
  look: { numberOfKeys: 3, lua: lookScript },
  handIn: { numberOfKeys: 3, lua: handInScript },
  beat: { numberOfKeys: 2, lua: beatScript },
};
type Script = keyof typeof scripts;

const prefix = 'switchyard:ghl-rate:';
const epochKey = `${prefix}epoch`;

/** How often a process says that it is there, and notices that Redis was emptied or is back. */
export const beatMs = 500;
/** Within this time after a loss every living process has handed in what it holds. */
const gatherMs = 1_000;
/** Of a process that never reached Redis: it does not know how many others there are. */
const processesUnknown = 20;

export interface RedisRateLedgerOptions {
  redis: Redis;
  clock: Clock;
  log: Log;
  rules?: Partial<RateRules>;
  /** Redis' own time, unless a test brings another. */
  now?: () => number;
}

/**
 * The books that all processes share, in Redis, by Redis' clock. Redis may lose them or be away:
 * - Lost (flushed, restarted): every process hands in the slots it still holds, and until HighLevel has forgotten all
 *   others, only so many are used.
 * - Away: a process goes on alone, at first with not more than it holds, then with its share of the limit.
 */
export class RedisRateLedger extends RateLedger {
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #now: () => number | string;
  readonly #rules: RateRules;
  readonly #process = randomUUID();
  readonly #held: HeldSlots;
  #serial = 0;
  #run?: Promise<string>;
  #epoch?: string;
  #processes = processesUnknown;
  #away?: { since: number; buckets: Map<string, RateBucket>; gave: boolean; toldOf: boolean };
  #beating?: NodeJS.Timeout;

  constructor({ redis, clock, log, rules, now }: RedisRateLedgerOptions) {
    super();
    this.#redis = redis;
    this.#clock = clock;
    this.#log = log;
    this.#now = now ?? (() => '');
    this.#rules = rateRules({ gatherMs, ...rules });
    this.#held = new HeldSlots(clock, this.#rules);
    for (const [name, script] of Object.entries(scripts)) redis.defineCommand(commandOf(name as Script), script);
    // Another connection may lead to another Redis.
    redis.on('close', () => (this.#run = undefined));
  }

  /** From now on this process says that it is there. */
  onModuleInit(): void {
    this.#beating ??= setInterval(() => void this.beat(), beatMs).unref();
    void this.beat();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#beating);
  }

  override async ask(resource: string, wants: Wants): Promise<Ruling> {
    const ruling = await this.#askShared(resource, wants);
    if (!ruling) return this.#askAlone(resource, wants);
    this.#held.add(resource, ruling);
    return ruling;
  }

  override async settle(resource: string, grant: Grant, answer: RateAnswer): Promise<RateIncident | undefined> {
    this.#held.settle(resource, grant.id);
    const alone = this.#aloneWith(resource);
    if (alone) return alone.settle(this.#clock.monotonic(), grant, answer);
    const { id, startsAt, used, granted } = grant;
    const { max, windowMs, remaining, dayLeft, dayResetMs, retryAfterMs } = answer;
    const told = [max, windowMs, remaining, dayLeft, dayResetMs, retryAfterMs].map((value) => value ?? '');
    const said = [id, startsAt, used, granted, answer.refused ? 1 : 0, ...told];
    const [, limit, pausedForMs] = (await this.#call('settle', resource, said)) ?? [];
    return limit ? { limit: Number(limit), pausedForMs: Number(pausedForMs) } : undefined;
  }

  override async giveBack(resource: string, { id }: Grant): Promise<void> {
    this.#held.remove(resource, id);
    const alone = this.#aloneWith(resource);
    if (alone) alone.giveBack(id);
    else await this.#call('giveBack', resource, [id]);
  }

  override async look(resource: string, waitingHere: number): Promise<RateView> {
    const said = await this.#call('look', resource, []);
    if (!said) return this.#bucketAlone(resource).look(this.#clock.monotonic(), waitingHere);
    const [allowed, windowMs, pausedFor, single, bulk, apart, waiting, ...frees] = said.slice(1).map(Number);
    const pacedFor = { priority: 0, default: single!, bulk: bulk! };
    return {
      ...{ allowed: allowed!, windowMs: windowMs!, pausedFor: pausedFor!, apart: apart! },
      ...{ pacedFor, frees, waiting: waitingHere + waiting! },
    };
  }

  /** Tells Redis that this process is there, and comes back to it when it was away. */
  async beat(): Promise<void> {
    this.#held.forgetOver();
    const away = this.#away;
    const gave = away?.gave ?? false;
    const said = await this.#send('beat', [epochKey, `${prefix}processes`], [gave ? 1 : 0]).catch(
      (error: Error) => error,
    );
    if (said instanceof Error) return this.#leave(said);
    this.#processes = Number(said[1]);
    // A slot that was given while Redis was answering is told with the next beat.
    if (!away || away !== this.#away || away.gave !== gave) return;
    // In one go: what comes after is asked of Redis when it knows what this process did without it.
    this.#handIn();
    this.#away = undefined;
    if (away.toldOf)
      this.#log.info("HighLevel's budget is shared again", { ms: Math.round(this.#clock.monotonic() - away.since) });
  }

  async #askShared(resource: string, wants: Wants): Promise<Ruling | undefined> {
    const serial = this.#serial;
    this.#serial += wants.priority + wants.default + wants.bulk;
    const said = await this.#call('ask', resource, [...lanes.map((lane) => wants[lane]), serial]);
    return said && readRuling(said.slice(1));
  }

  #askAlone(resource: string, wants: Wants): Ruling {
    const nameNext = () => `${this.#process}:${this.#serial++}`;
    const ruling = this.#bucketAlone(resource).ask(this.#clock.monotonic(), wants, nameNext);
    if (ruling.grants.length > 0) this.#away!.gave = true;
    this.#held.add(resource, ruling);
    return { ...ruling, isAlone: true };
  }

  #aloneWith(resource: string): RateBucket | undefined {
    return this.#away && this.#bucketAlone(resource);
  }

  /**
   * At first HighLevel still counts calls of other processes, so this one uses not more slots than it holds; when those
   * are forgotten, its share of the limit.
   */
  #bucketAlone(resource: string): RateBucket {
    const { since, buckets } = this.#away!;
    const known = buckets.get(resource);
    if (known) return known;
    const { max, windowMs, slots } = this.#held.of(resource);
    const alone = { limit: max, windowMs, gatherMs: 0, blindCalls: 0, sharedBy: this.#processes };
    const bucket = new RateBucket({ ...this.#rules, ...alone }, since, slots);
    buckets.set(resource, bucket);
    return bucket;
  }

  /** Undefined when Redis does not answer: then this process is alone. */
  async #call(script: Script, resource: string, args: (string | number)[]): Promise<string[] | undefined> {
    if (this.#away) return undefined;
    try {
      return await this.#send(script, [epochKey, `${prefix}${resource}`, `${prefix}${resource}:slots`], args);
    } catch (error) {
      this.#leave(error as Error);
      return undefined;
    }
  }

  async #send(script: Script, keys: string[], args: (string | number)[]): Promise<string[]> {
    const { limit, windowMs, perDay, countedWithinMs, gatherMs } = this.#rules;
    this.#run ??= this.#redis.info('server').then((info) => /run_id:(\w+)/.exec(info)?.[1] ?? '');
    const run = await this.#run.catch((error: Error) => {
      this.#run = undefined;
      throw error;
    });
    const shared = [this.#now(), run, limit, windowMs, perDay, countedWithinMs, gatherMs, this.#process];
    const commands = this.#redis as unknown as Record<string, (...args: (string | number)[]) => Promise<string[]>>;
    const said = await commands[commandOf(script)]!(...keys, ...shared, ...args);
    this.#noteEpoch(said[0]!);
    return said;
  }

  #noteEpoch(epoch: string): void {
    const isAnother = this.#epoch !== undefined && this.#epoch !== epoch;
    this.#epoch = epoch;
    if (!isAnother) return;
    this.#log.warn("Redis has lost the books of HighLevel's budget; what is still held is handed in");
    this.#handIn();
  }

  #handIn(): void {
    for (const [resource, slots] of this.#held.all()) {
      const pairs = slots.flatMap(({ id, leftMs }) => [id, leftMs]);
      void this.#send('handIn', [epochKey, `${prefix}${resource}`, `${prefix}${resource}:slots`], pairs).catch(
        (error: Error) => this.#leave(error),
      );
    }
  }

  #leave(cause: Error): void {
    if (this.#away) return;
    // A connection that is only being opened is no outage.
    const toldOf = this.#epoch !== undefined;
    this.#away = { since: this.#clock.monotonic(), buckets: new Map(), gave: false, toldOf };
    if (toldOf) this.#log.warn("HighLevel's budget is kept by this process alone", { cause: cause.message });
  }
}

const commandOf = (script: Script) => `ghlRate${script[0]!.toUpperCase()}${script.slice(1)}`;

function readRuling([max, windowMs, apart, lookIn, dayOverIn, priority, single, bulk, ...slots]: string[]): Ruling {
  const read = (text: string | undefined) => (text ? Number(text) : undefined);
  const grants: Grant[] = [];
  for (let at = 0; at < slots.length; at += 6) {
    const [id, lane, startsAt, startsIn, used, granted] = slots.slice(at, at + 6);
    grants.push({
      ...{ id: id!, lane: lanes[Number(lane) - 1]!, startsAt: Number(startsAt), startsIn: Number(startsIn) },
      ...{ used: Number(used), granted: Number(granted) },
    });
  }
  return {
    ...{ grants, max: Number(max), windowMs: Number(windowMs), apart: Number(apart) },
    ...{ lookIn: read(lookIn), dayOverIn: read(dayOverIn) },
    nextIn: { priority: read(priority), default: read(single), bulk: read(bulk) },
  };
}
