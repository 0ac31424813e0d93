import { AppError, breakerOpen } from '../../src/platform/errors/index.js';
import type { StepResult } from '../../src/engine/runs/saga.js';

/** What the post office does with one call. Without a script it delivers. */
export type Conduct =
  | 'deliver'
  /** Delivers, and the answer is lost. */
  | 'lose-answer'
  /** The call never arrives, and nobody tells. */
  | 'swallow'
  /** No answer, and delivered only after this time. */
  | { lateMs: number }
  | 'refuse'
  | 'down'
  | { limitedMs: number }
  /** Not even asked: it has been closed for so many customers that a breaker holds them back. */
  | { heldBackMs: number }
  | { throws: unknown }
  | 'sign-in-again'
  /** Delivers, then something in our own code breaks. */
  | 'break'
  /** Never answers and ignores every signal. */
  | 'hang'
  | { result: StepResult<unknown> }
  | (() => Promise<Conduct | void> | Conduct | void);

export interface Letter {
  marker: string;
  step: string;
  fromCall: number;
}

/** A provider in memory: keeps what it was asked for, and misbehaves as it is told. */
export class PostOffice {
  readonly letters: Letter[] = [];
  readonly calls: { step: string; marker: string; at: number }[] = [];
  private readonly interludes = new Map<string, () => Promise<unknown>>();
  private readonly scripts = new Map<string, Conduct[]>();

  /** The next calls of this step (`post`, `look:post`, `undo:post`) behave like this, one after the other. */
  script(step: string, ...conducts: Conduct[]): void {
    this.scripts.set(step, [...(this.scripts.get(step) ?? []), ...conducts]);
  }

  /** Something happens while the next call of this step is on its way. */
  before(step: string, happens: () => Promise<unknown>): void {
    this.interludes.set(step, happens);
  }

  forget(): void {
    this.scripts.clear();
    this.interludes.clear();
    this.letters.length = 0;
    this.calls.length = 0;
  }

  async lettersWith(marker: string): Promise<Letter[]> {
    return this.letters.filter((letter) => letter.marker === marker);
  }

  lettersOf(step: string): Letter[] {
    return this.letters.filter((letter) => letter.step === step);
  }

  callsOf(step: string) {
    return this.calls.filter((call) => call.step === step);
  }

  async call(step: string, marker: string, effect?: () => void): Promise<StepResult<unknown> | undefined> {
    this.calls.push({ step, marker, at: performance.now() });
    const fromCall = this.calls.length;
    const deliver = effect ?? (() => void this.letters.push({ marker, step, fromCall }));
    const interlude = this.interludes.get(step);
    this.interludes.delete(step);
    await interlude?.();
    let conduct: Conduct | void = this.scripts.get(step)?.shift();
    while (typeof conduct === 'function') conduct = await conduct();
    return this.behave(conduct ?? 'deliver', deliver);
  }

  private async behave(conduct: Conclusion, deliver: () => void): Promise<StepResult<unknown> | undefined> {
    if (typeof conduct === 'object') {
      if ('result' in conduct) return conduct.result;
      if ('limitedMs' in conduct)
        throw new AppError('rate-limited', 'slow-down', 'Slow down.', { retryAfterMs: conduct.limitedMs });
      if ('throws' in conduct) throw conduct.throws;
      if ('heldBackMs' in conduct) throw breakerOpen('Closed too often.', { retryAfterMs: conduct.heldBackMs });
      setTimeout(deliver, conduct.lateMs);
      throw noAnswer();
    }
    switch (conduct) {
      case 'deliver':
        deliver();
        return undefined;
      case 'lose-answer':
        deliver();
        throw noAnswer();
      case 'swallow':
        throw noAnswer();
      case 'refuse':
        throw new AppError('validation', 'no-stamp', 'The letter has no stamp.');
      case 'down':
        throw new AppError('transient', 'closed', 'The post office is closed.');
      case 'sign-in-again':
        throw new AppError('auth', 'sign-in', 'The post office does not know us any more.');
      case 'break':
        deliver();
        throw new TypeError('undefined is not a letter');
      case 'hang':
        return new Promise(() => undefined);
    }
  }
}

type Conclusion = Exclude<Conduct, () => unknown>;
const noAnswer = () => new AppError('unknown-outcome', 'no-answer', 'No answer came.');
