import type { z } from 'zod';

/** One question to a language model. It is offered no tool and sees nothing but these texts. */
export interface ChatQuestion<Answer> {
  /** Names the schema at the endpoint, and the question in logs: letters, digits, _ and -. */
  name: string;
  /** Ours, and the same for every question of this name. */
  system: string;
  /** Holds what others wrote; never the system text. */
  user: string;
  /** What an answer must be: a flat object, nothing optional. Limits are for whoever asks to check. */
  answer: z.ZodType<Answer>;
  maxTokens: number;
}

export interface ChatCall {
  /** For all of it, the last byte of the answer included. */
  deadlineMs?: number;
  signal?: AbortSignal;
}

export interface ChatAnswer<Answer> {
  answer: Answer;
  /** As the endpoint counts them; null when it does not. */
  tokens: { in: number; out: number } | null;
}

/**
 * A language model behind an OpenAI-compatible endpoint. Promises: one call and no repetition; an answer that fits
 * `question.answer`, or an AppError whose code says why there is none; no later than the deadline, however slowly the
 * endpoint drips; no key in any error.
 */
export abstract class ChatPort {
  /** Null when none is configured: whoever asks then gets `chat-off`. */
  abstract readonly model: string | null;

  abstract ask<Answer>(question: ChatQuestion<Answer>, call?: ChatCall): Promise<ChatAnswer<Answer>>;
}
