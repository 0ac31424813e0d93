import type { z } from 'zod';
import type { Clock } from '../../platform/clock/clock.js';
import type { Secret } from '../../platform/crypto/secret.js';
import { AppError } from '../../platform/errors/index.js';
import { fateOf, type GhlBreaker } from './ghl-breaker.js';
import type { Endpoint } from './ghl-endpoints.js';
import { ghlFailure, ghlRefusal, lost } from './ghl-errors.js';
import type { GhlAsked } from './ghl-errors.js';
import type { GhlRateBudget, GhlRateLease } from './ghl-rate-budget.js';
import { resourceOf } from './rate/rate-resource.js';
import type { GhlAccess, GhlCall, GhlLane, GhlSpender } from './ghl.port.js';

/** The dialect of every call, chosen per call by HighLevel's gateway (`Version` in the documents of 2026-06-19). */
export const ghlApiVersion = '2021-07-28';

const bodyCap = 5 * 1024 * 1024;

export interface GhlRequest<T extends z.ZodType> {
  name: string;
  endpoint: Endpoint;
  answer: T;
  access?: GhlAccess;
  params?: Record<string, string>;
  query?: Record<string, string | undefined>;
  /** JSON body; properties that are undefined are left out. */
  body?: object;
  /** Form body, for the two token endpoints. */
  form?: Record<string, string | undefined>;
  /** What else must not appear in an error. */
  secrets?: Secret[];
  call?: GhlCall;
}

export interface GhlTransportOptions {
  apiUrl: string;
  appId: string;
  callDeadlineMs: number;
  clock: Clock;
  budget: GhlRateBudget;
  fetch?: typeof globalThis.fetch;
}

interface Ending {
  signal: AbortSignal;
  ended(): 'deadline' | 'caller' | undefined;
  deadlineMs: number;
}

/** One HTTP call: breaker, budget, deadline, size cap, and an error whose kind is true. Repeats nothing, follows nothing. */
export class GhlTransport {
  readonly #options: GhlTransportOptions;
  readonly #fetch: typeof globalThis.fetch;

  constructor(options: GhlTransportOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? globalThis.fetch;
  }

  async send<T extends z.ZodType>(request: GhlRequest<T>): Promise<z.output<T>> {
    const breaker = request.call?.breaker ?? request.access?.breaker;
    if (!breaker) return this.#sendOnce(request);
    await breaker.check(request.endpoint.group);
    return this.#sendOnce(request, breaker);
  }

  async #sendOnce<T extends z.ZodType>(request: GhlRequest<T>, breaker?: GhlBreaker): Promise<z.output<T>> {
    const asked: GhlAsked = { name: request.name, effect: request.endpoint.effect, scope: request.endpoint.scope };
    const ending = this.#ending(request.call);
    let lease = await this.#slot(request, asked, ending);
    const admission = await breaker?.admit(request.endpoint.group).catch((refused: unknown) => {
      lease?.giveBack();
      throw refused;
    });
    try {
      if (lease?.isLate()) {
        lease.giveBack();
        lease = await this.#slot(request, asked, ending);
      }
      const answer = await this.#exchange(request, asked, ending, lease);
      await admission?.settle('answered');
      return answer;
    } catch (thrown) {
      const failure = thrown as AppError;
      await admission?.settle(fateOf(failure), failure);
      throw failure;
    }
  }

  async #exchange<T extends z.ZodType>(
    request: GhlRequest<T>,
    asked: GhlAsked,
    ending: Ending,
    lease: GhlRateLease | undefined,
  ): Promise<z.output<T>> {
    let answer: { status: number; headers: Headers } | undefined;
    try {
      const response = await this.#fetch(this.#url(request), { ...this.#init(request), signal: ending.signal });
      answer = { status: response.status, headers: response.headers };
      return this.#read(request, asked, answer, await bodyOf(response));
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      if (thrown instanceof TooLarge)
        throw lost(asked, 'ghl-answer-too-large', "HighLevel's answer is larger than 5 MB.");
      throw ghlFailure(asked, thrown, ending.ended());
    } finally {
      lease?.settle(answer);
    }
  }

  /** Does anything answer below 500 at the API's address? Spends no budget and carries no token. */
  async probe(call?: GhlCall): Promise<void> {
    const asked: GhlAsked = { name: 'probe', effect: 'read' };
    const ending = this.#ending(call);
    try {
      const response = await this.#fetch(new URL('/', this.#options.apiUrl), {
        redirect: 'manual',
        signal: ending.signal,
      });
      await response.body?.cancel();
      if (response.status >= 500) throw lost(asked, 'ghl-unavailable', `HighLevel answered ${response.status}.`);
    } catch (thrown) {
      throw thrown instanceof AppError ? thrown : ghlFailure(asked, thrown, ending.ended());
    }
  }

  #ending(call: GhlCall = {}): Ending {
    const deadlineMs = Math.max(1, Math.ceil(call.deadlineMs ?? this.#options.callDeadlineMs));
    const timeout = AbortSignal.timeout(deadlineMs);
    const signal = call.signal ? AbortSignal.any([timeout, call.signal]) : timeout;
    return {
      signal,
      deadlineMs,
      ended: () => (call.signal?.aborted ? 'caller' : timeout.aborted ? 'deadline' : undefined),
    };
  }

  forecast(spender: GhlSpender, calls: number, lane?: GhlLane): Promise<number> {
    return this.#options.budget.forecast(resourceOf(this.#options.appId, spender), calls, lane);
  }

  /** Waits for a slot at most half of the deadline: the call that follows needs the other half. */
  async #slot<T extends z.ZodType>(request: GhlRequest<T>, asked: GhlAsked, ending: Ending) {
    const resource = this.#resource(request);
    const evidence = { call: asked.name, sent: false };
    try {
      ending.signal.throwIfAborted();
      if (!resource) return undefined;
      const { signal, deadlineMs } = ending;
      for (;;) {
        const ask = { lane: request.call?.lane, signal, withinMs: deadlineMs / 2 };
        const lease = await this.#options.budget.acquire(resource, ask);
        if (!lease.isLate()) return lease;
        // We were held up: HighLevel would count this call when the slot is somebody else's.
        lease.giveBack();
      }
    } catch (thrown) {
      if (thrown instanceof AppError) {
        const { kind, code, detail, retryAfterMs } = thrown;
        throw new AppError(kind, code, detail, { evidence, retryAfterMs });
      }
      if (ending.ended() === 'deadline')
        throw new AppError('rate-limited', 'ghl-budget-spent', 'The budget of HighLevel calls is spent for now.', {
          evidence,
          retryAfterMs: 1_000,
        });
      throw new AppError('transient', 'ghl-aborted', 'The call was given up before it was sent.', { evidence });
    }
  }

  #resource({ endpoint, access, params }: GhlRequest<z.ZodType>): string | undefined {
    if (endpoint.spends === 'nothing' || !access) return undefined;
    const byLocation = endpoint.spends === 'location' || (endpoint.spends === 'holder' && access.holder === 'Location');
    const locationId = byLocation ? (access.locationId ?? params?.locationId) : undefined;
    return resourceOf(this.#options.appId, { companyId: access.companyId, locationId });
  }

  #url({ endpoint, params = {}, query = {} }: GhlRequest<z.ZodType>): URL {
    const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const url = new URL(this.#options.apiUrl.replace(/\/$/, '') + path);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    return url;
  }

  #init({ endpoint, access, body, form }: GhlRequest<z.ZodType>): RequestInit {
    const headers: Record<string, string> = { accept: 'application/json' };
    // The token endpoint takes no Version in this dialect; everything that carries a token needs it.
    if (access) Object.assign(headers, { authorization: `Bearer ${access.token.reveal()}`, version: ghlApiVersion });
    if (body) headers['content-type'] = 'application/json';
    const fields = Object.entries(form ?? {}).filter((field): field is [string, string] => field[1] !== undefined);
    return {
      method: endpoint.method,
      headers,
      body: form ? new URLSearchParams(fields) : body ? JSON.stringify(body) : undefined,
      redirect: 'manual',
    };
  }

  #read<T extends z.ZodType>(
    request: GhlRequest<T>,
    asked: GhlAsked,
    { status, headers }: { status: number; headers: Headers },
    body: string,
  ): z.output<T> {
    if (status < 200 || status >= 300) {
      const tokenExpired = request.access ? request.access.expiresAt <= this.#options.clock.now() : false;
      const secrets = [...(request.secrets ?? []), ...(request.access ? [request.access.token] : [])].map((secret) =>
        secret.reveal(),
      );
      throw ghlRefusal(asked, { status, headers, body, tokenExpired, secrets });
    }
    const parsed = request.answer.safeParse(jsonOf(body));
    if (parsed.success) return parsed.data;
    // Only the places are named: the values may hold a token.
    const unreadable = parsed.error.issues.map((issue) => issue.path.join('.')).slice(0, 10);
    throw lost(asked, 'ghl-unreadable-answer', 'HighLevel answered in a form that cannot be read.', {
      evidence: { call: asked.name, status, unreadable },
    });
  }
}

class TooLarge extends Error {}

async function bodyOf(response: Response): Promise<string> {
  if (!response.body) return '';
  const decoder = new TextDecoder();
  let size = 0;
  let text = '';
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > bodyCap) throw new TooLarge(); // leaving the loop cancels the stream
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // no schema accepts undefined, so the caller reports it as unreadable
  }
}
