import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { AiCandidate, AiIntake, AiRanking } from '../../integrations/ai/index.js';
import { ChatPort } from '../../integrations/llm/index.js';
import { Clock } from '../../platform/clock/clock.js';
import type { TenantId } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { Log } from '../../platform/logging/index.js';
import { noteOfFailure, noteOfMinority } from './model-notes.js';
import { type Kept, ModelOpinions } from './model-opinions.js';
import { questionKey, questionOf, shownAtMost } from './model-question.js';
import { ModelRest } from './model-rest.js';
import { Turns } from './turns.js';
import { weighOpinion } from './weigh-opinion.js';
import { screening } from './what-may-be-shown.js';

export interface Reranked {
  ranking: AiRanking;
  /** Why the model's word does not count; null when it was not asked, or agreed, or was followed. */
  note: string | null;
  asked: boolean;
}

/** One intake, and what the ranker says of it. */
export interface Ranked {
  intake: AiIntake;
  offline: AiRanking;
}

export interface VersionedLibrary {
  version: string;
  candidates: AiCandidate[];
}

interface Question {
  /** What of the intake may be shown. */
  client: AiIntake;
  shown: AiCandidate[];
  confidence: number;
}

/** Everything about one round of questions. */
interface Round {
  tenant: TenantId;
  model: string;
  endsAt: number;
  /** The key of each question, and by the key what came of it. Both fill while the round lasts. */
  keys: string[];
  came: Map<string, Kept>;
  /** How many calls the day may have; 0 as soon as it had them. */
  budget: number;
}

/** Stands for the question about an intake of which nothing may be shown. */
const notShown = 'not-shown';
const oneWithinMs = 10_000;
const manyWithinMs = 20_000;
const atOnce = 8;
/** Less time than this is not worth a call. */
const leastCallMs = 500;
/** What keeping the answer may take. */
const wrapUpMs = 250;
const betweenTwoMs = 400;

/**
 * Asks a language model for a second opinion on what the ranker decided. Promises: it never throws; one question takes
 * at most 10 s and many take 20 s, the least sure first; what the model did not answer, or was not asked,
 * stays as the ranker had it, with a note.
 */
@Injectable()
export class ModelReranker {
  private readonly rest: ModelRest;

  constructor(
    private readonly chat: ChatPort,
    private readonly opinions: ModelOpinions,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.rest = new ModelRest(clock);
  }

  get isOn(): boolean {
    return this.chat.model !== null;
  }

  async rerankMany(
    tenant: TenantId,
    library: VersionedLibrary,
    all: Ranked[],
    withinMs = all.length > 1 ? manyWithinMs : oneWithinMs,
  ): Promise<Reranked[]> {
    const { model } = this.chat;
    if (model === null || library.candidates.length === 0)
      return all.map(({ offline }) => ({ ranking: offline, note: null, asked: false }));
    const endsAt = this.clock.monotonic() + withinMs;
    const round: Round = { tenant, model, endsAt, keys: [], came: new Map(), budget: 0 };
    const work = this.askAll(round, library, all).catch((error: unknown) => {
      this.log.error('A model could not be asked', { error });
      return 'broken';
    });
    const over = new AbortController();
    const late = pause(withinMs, 'no-time', { signal: over.signal }).catch(() => 'no-time');
    const failure = await Promise.race([work, late]);
    over.abort();
    return all.map((each, at) => this.resultOf(each, library, round.came.get(round.keys[at]) ?? { failure }));
  }

  private async askAll(round: Round, library: VersionedLibrary, all: Ranked[]): Promise<string> {
    const { tenant, model, keys, came } = round;
    const open = new Map<string, Question>();
    const vetted = screening(library.candidates);
    came.set(notShown, { failure: 'not-shown' });
    const byId = new Map(library.candidates.map((each) => [each.id, each]));
    const turns = new Turns();
    for (const { intake, offline } of all) {
      await turns.next();
      const client = vetted(intake);
      const shown = offline.ranked.slice(0, shownAtMost).flatMap(({ id }) => byId.get(id) ?? []);
      const key = client ? questionKey(model, library.version, client, shown) : notShown;
      keys.push(key);
      if (client) open.set(key, { client, shown, confidence: offline.confidence });
    }
    const { kept, budget } = await this.opinions.recall(tenant, [...open.keys()]);
    round.budget = budget;
    for (const [key, each] of kept) came.set(key, each);
    const unknown = [...open].filter(([key]) => !kept.has(key));
    unknown.sort(([, a], [, b]) => a.confidence - b.confidence);
    const next = unknown.values();
    await Promise.all(
      Array.from({ length: Math.min(atOnce, unknown.length) }, async () => {
        for (const [key, question] of next) came.set(key, await this.ask(round, key, question));
      }),
    );
    return 'no-time';
  }

  private async ask(round: Round, key: string, question: Question): Promise<Kept> {
    if (round.endsAt - this.clock.monotonic() < leastCallMs + wrapUpMs) return { failure: 'no-time' };
    if (this.rest.isOn) return { failure: 'resting' };
    if (!(await this.maySpend(round))) return { failure: 'budget' };
    const started = this.clock.monotonic();
    const came = await this.answerTo(round, question);
    const outcome = 'failure' in came ? came.failure : 'answered';
    this.log.info('A model was asked', {
      model: round.model,
      outcome,
      ms: Math.round(this.clock.monotonic() - started),
    });
    await this.opinions.keep(round.tenant, key, round.model, came);
    return came;
  }

  /** One call; a second one, which the budget pays for too, when the endpoint says when, or failed for a moment. */
  private async answerTo(round: Round, { client, shown }: Question): Promise<Kept> {
    const { question, read } = questionOf(client, shown);
    const endsAt = Math.min(round.endsAt, this.clock.monotonic() + oneWithinMs) - wrapUpMs;
    for (let tries = 1; ; tries++) {
      try {
        const { answer } = await this.chat.ask(question, { deadlineMs: endsAt - this.clock.monotonic() });
        this.rest.answered();
        const opinion = read(answer);
        return opinion ? { opinion } : { failure: 'chat-unreadable' };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const waitMs = tries === 1 ? waitBefore(error) : undefined;
        const again = waitMs !== undefined && this.clock.monotonic() + waitMs + leastCallMs < endsAt;
        if (!again || !(await this.maySpend(round))) {
          this.rest.failed(error.code);
          this.log.warn('A model did not answer', { model: round.model, error: error.code, evidence: error.evidence });
          return { failure: error.code };
        }
        await this.clock.sleep(waitMs);
      }
    }
  }

  private async maySpend(round: Round): Promise<boolean> {
    if (round.budget > 0 && (await this.opinions.spend(round.tenant, round.budget))) return true;
    round.budget = 0;
    return false;
  }

  private resultOf({ offline }: Ranked, { candidates }: VersionedLibrary, came: Kept): Reranked {
    if ('failure' in came) {
      const asked = came.failure.startsWith('chat-');
      return { ranking: offline, note: noteOfFailure(came.failure), asked };
    }
    const { choice } = came.opinion;
    const ranking = weighOpinion(offline, came.opinion);
    if (ranking.choice === choice) return { ranking, note: null, asked: true };
    const name = candidates.find(({ id }) => id === choice)?.name ?? null;
    return { ranking, note: noteOfMinority(name), asked: true };
  }
}

function waitBefore({ code, retryAfterMs }: AppError): number | undefined {
  if (code === 'chat-rate-limited') return retryAfterMs;
  return code === 'chat-unavailable' || code === 'chat-unreachable' ? (retryAfterMs ?? betweenTwoMs) : undefined;
}
