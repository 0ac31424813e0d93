import type { SimRequest } from './http.js';

export interface FaultScript {
  /** `path` and `about` are regular expressions; `about` is looked for in the query and the body. */
  match?: { method?: string; path?: string; about?: string };
  /** How many requests it hits; 1 unless told otherwise. */
  times?: number;
  kind:
    | 'status'
    | 'reset'
    | 'timeout'
    | 'late'
    | 'slow-body'
    | 'truncated'
    | 'cut-body'
    | 'stalled-body'
    | 'huge-body'
    | 'gzip-bomb'
    | 'stale-list'
    | 'repeated-list'
    | 'hold';
  /** For `status`. */
  status?: number;
  /** Before or after the request takes effect; `before` unless told otherwise. */
  when?: 'before' | 'after';
  /** Added to the answer; `null` removes a header. */
  headers?: Record<string, string | null>;
  /** For `slow-body`: over how long the body drips. For `status`: waits before the answer. For `late`: takes effect so much later. */
  delayMs?: number;
  /** For `stale-list`: so many of the newest are not known yet. */
  missing?: number;
  /** For `status`. */
  body?: unknown;
}

export interface HeldCall {
  serial: number;
  method: string;
  path: string;
  phase: 'received' | 'applied';
  release: (then: 'answer' | 'reset') => void;
}

/** Scripted failures, first match first, and the calls that a `hold` keeps. */
export class SimFaults {
  #scripts: (FaultScript & { times: number })[] = [];
  held: HeldCall[] = [];

  add(script: FaultScript): void {
    this.#scripts.push({ ...script, times: script.times ?? 1 });
  }

  get scripts(): readonly FaultScript[] {
    return this.#scripts;
  }

  take({ method, path, query, body }: Pick<SimRequest, 'method' | 'path' | 'query' | 'body'>): FaultScript | undefined {
    const said = `${decodeURIComponent(query.toString())} ${JSON.stringify(body)}`;
    const script = this.#scripts.find(
      ({ match = {} }) =>
        (!match.method || match.method.toUpperCase() === method) &&
        (!match.path || new RegExp(match.path).test(path)) &&
        (!match.about || new RegExp(match.about).test(said)),
    );
    if (!script) return undefined;
    script.times--;
    this.#scripts = this.#scripts.filter(({ times }) => times > 0);
    return script;
  }

  hold(call: Omit<HeldCall, 'release'>): Promise<'answer' | 'reset'> {
    return new Promise((resolve) => this.held.push({ ...call, release: resolve }));
  }

  release(serial: number | undefined, then: 'answer' | 'reset'): number {
    const freed = this.held.filter((call) => serial === undefined || call.serial === serial);
    this.held = this.held.filter((call) => !freed.includes(call));
    for (const call of freed) call.release(then);
    return freed.length;
  }

  reset(): void {
    this.#scripts = [];
    this.release(undefined, 'reset');
  }
}
