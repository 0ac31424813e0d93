import { z } from 'zod';

/** What is read of an answer. Everything else that servers add is theirs. */
export const ChatCompletion = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish().catch(null),
});
export type ChatCompletion = z.output<typeof ChatCompletion>;

const word = z.coerce.string().max(100).nullish().catch(null);

/** OpenAI tells `{error: {…}}`, other servers `{error: "text"}`, `{detail}`, or something of their own. */
export const ChatRefusal = z
  .object({ error: z.object({ code: word, type: word, message: z.string().nullish().catch(null) }) })
  .transform(({ error }) => error)
  .or(z.object({ error: z.string() }).transform(({ error }) => ({ code: null, type: null, message: error })))
  .or(z.object({ detail: z.string() }).transform(({ detail }) => ({ code: null, type: null, message: detail })))
  .catch({ code: null, type: null, message: null });
export type ChatRefusal = z.output<typeof ChatRefusal>;
