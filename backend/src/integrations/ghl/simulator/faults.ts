export interface FaultScript {
  match?: { method?: string; path?: string };
  /** How many requests it hits; 1 unless told otherwise. */
  times?: number;
  kind: 'status' | 'reset' | 'timeout' | 'slow-body' | 'truncated' | 'hold';
  /** For `status`. */
  status?: number;
  /** Before or after the request takes effect; `before` unless told otherwise. */
  when?: 'before' | 'after';
  /** Added to the answer; `null` removes a header. */
  headers?: Record<string, string | null>;
  /** For `slow-body`: over how long the body drips. For `status`: waits before the answer. */
  delayMs?: number;
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

  take(method: string, path: string): FaultScript | undefined {
    const script = this.#scripts.find(
      ({ match = {} }) =>
        (!match.method || match.method.toUpperCase() === method) && (!match.path || new RegExp(match.path).test(path)),
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
