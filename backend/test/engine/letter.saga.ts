import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import {
  done,
  type Evidence,
  saga,
  SagaRegistry,
  type Step,
  type StepContext,
  type StepResult,
  type UndoResult,
} from '../../src/engine/runs/index.js';
import { PostOffice } from './post-office.js';

export const LetterInput = z.object({ to: z.string() });
export type LetterInput = z.output<typeof LetterInput>;
type Ctx = StepContext<LetterInput>;

const ask = async (office: PostOffice, name: string, ctx: Ctx): Promise<StepResult<unknown>> =>
  (await ctx.call(() => office.call(name, ctx.marker))) ??
  done({ from: name }, { externalId: `${name}-${ctx.marker}` });

const remove = async (office: PostOffice, name: string, ctx: Ctx): Promise<UndoResult> => {
  const removed = await ctx.call(() =>
    office.call(`undo:${name}`, ctx.marker, () => {
      const kept = office.letters.filter((letter) => letter.marker !== ctx.marker);
      office.letters.splice(0, office.letters.length, ...kept);
    }),
  );
  return removed?.kind === 'hold' ? removed : { kind: 'undone' };
};

/** Reads only. */
@Injectable()
export class FindAddress implements Step<LetterInput, unknown> {
  static readonly step = 'find-address';
  static readonly title = 'Find the address';
  static readonly repeat = 'at-once';
  constructor(private readonly office: PostOffice) {}
  run(ctx: Ctx) {
    return ask(this.office, 'find-address', ctx);
  }
}

/** Posting twice makes two. */
@Injectable()
export class PostLetter implements Step<LetterInput, unknown> {
  static readonly step = 'post';
  static readonly title = 'Post the letter';
  static readonly repeat = 'on-evidence';
  constructor(private readonly office: PostOffice) {}
  run(ctx: Ctx) {
    return ask(this.office, 'post', ctx);
  }
  async reconcile(ctx: Ctx): Promise<Evidence<unknown>> {
    await ctx.call(() => this.office.call('look:post', ctx.marker, () => undefined));
    const found = await this.office.lettersWith(ctx.marker);
    if (found.length === 0) return { kind: 'none' };
    if (found.length === 1) return { kind: 'found', via: 'search', output: { from: 'search' } };
    return {
      kind: 'several',
      attention: { code: 'two-letters', cause: 'Two letters.', nextAction: 'Choose.' },
      evidence: { found: found.length },
    };
  }
  undo(ctx: Ctx) {
    return remove(this.office, 'post', ctx);
  }
}

/** Looks before it writes. */
@Injectable()
export class FileCopy implements Step<LetterInput, unknown> {
  static readonly step = 'file-copy';
  static readonly title = 'File a copy';
  static readonly repeat = 'after-settling';
  constructor(private readonly office: PostOffice) {}
  async run(ctx: Ctx): Promise<StepResult<unknown>> {
    if (ctx.repairing) ctx.log('info', 'Repairing the copy');
    if ((await this.office.lettersWith(ctx.marker)).length > 0) return done({ from: 'look' });
    return ask(this.office, 'file-copy', ctx);
  }
  undo(ctx: Ctx) {
    return remove(this.office, 'file-copy', ctx);
  }
}

export const letterSaga = saga('letter', {
  version: 1,
  input: LetterInput,
  steps: [FindAddress, PostLetter, FileCopy],
  retry: { retries: 2, baseMs: 40, capMs: 100 },
});

/** The modules' part: registers the saga and provides its steps. */
@Module({ providers: [FindAddress, PostLetter, FileCopy] })
export class LettersModule implements OnModuleInit {
  constructor(private readonly registry: SagaRegistry) {}
  onModuleInit(): void {
    this.registry.register(letterSaga);
  }
}
