import { z } from 'zod';
import type { Secret } from '../../platform/crypto/secret.js';
import { AppError } from '../../platform/errors/index.js';
import { chatNonsense, chatRefusal, chatRefused, chatSilence } from './chat-errors.js';
import { type ChatAnswer, type ChatCall, ChatPort, type ChatQuestion } from './chat.port.js';
import { ChatCompletion } from './chat.schema.js';

const defaultDeadlineMs = 10_000;
const bodyCap = 256 * 1024;

export interface ChatClientOptions {
  /** With its version, such as https://api.openai.com/v1. */
  baseUrl: string;
  model: string;
  apiKey?: Secret;
  /** Newer OpenAI models refuse the one, Ollama does not know the other. */
  maxTokensParam: 'max_completion_tokens' | 'max_tokens';
  /** How the endpoint is told the form of the answer. The answer is validated in any case. */
  structured: 'json_schema' | 'json_object' | 'none';
}

/** Chat completions over fetch: the part of the API that OpenAI, Ollama and vLLM have in common. */
export class ChatClient extends ChatPort {
  readonly #options: ChatClientOptions;
  readonly model: string;

  constructor(options: ChatClientOptions) {
    super();
    this.#options = options;
    this.model = options.model;
  }

  async ask<Answer>(question: ChatQuestion<Answer>, call: ChatCall = {}): Promise<ChatAnswer<Answer>> {
    const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(call.deadlineMs ?? defaultDeadlineMs)));
    const signal = call.signal ? AbortSignal.any([timeout, call.signal]) : timeout;
    try {
      const response = await fetch(`${this.#options.baseUrl}/chat/completions`, this.#init(question, signal));
      const body = jsonOf(await textOf(response));
      const { status, headers } = response;
      if (status !== 200) throw chatRefusal({ status, headers, body }, [this.#options.apiKey?.reveal() ?? '']);
      return read(question, body);
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      throw chatSilence(thrown, call.signal?.aborted ? 'caller' : timeout.aborted ? 'deadline' : undefined);
    }
  }

  #init(question: ChatQuestion<unknown>, signal: AbortSignal): RequestInit {
    const { model, apiKey, maxTokensParam } = this.#options;
    const body = {
      model,
      messages: [
        { role: 'system', content: question.system },
        { role: 'user', content: question.user },
      ],
      [maxTokensParam]: question.maxTokens,
      ...this.#form(question),
    };
    return {
      method: 'POST',
      headers: {
        ...{ accept: 'application/json', 'content-type': 'application/json' },
        ...(apiKey && { authorization: `Bearer ${apiKey.reveal()}` }),
      },
      body: JSON.stringify(body),
      // A redirect would carry the key and the client's words to an address that nobody configured.
      redirect: 'manual',
      signal,
    };
  }

  #form({ name, answer }: ChatQuestion<unknown>): object {
    const { structured } = this.#options;
    if (structured === 'none') return {};
    if (structured === 'json_object') return { response_format: { type: 'json_object' } };
    const { $schema, ...schema } = z.toJSONSchema(answer);
    return { response_format: { type: 'json_schema', json_schema: { name, strict: true, schema } } };
  }
}

function read<Answer>(question: ChatQuestion<Answer>, body: unknown): ChatAnswer<Answer> {
  const completion = ChatCompletion.safeParse(body);
  if (!completion.success) throw chatNonsense('chat-unreadable', 'The endpoint answered in a form that is not known.');
  const { finish_reason: reason, message } = completion.data.choices[0];
  if (message.refusal || reason === 'content_filter') throw chatRefused();
  if (reason === 'length') throw chatNonsense('chat-cut', 'The answer was cut off at its length limit.');
  const answer = question.answer.safeParse(
    reason === 'stop' ? jsonOf(withoutWrapping(message.content ?? '')) : undefined,
  );
  if (!answer.success)
    throw chatNonsense('chat-unreadable', 'The model answered something else than it was asked for.');
  const { usage } = completion.data;
  return {
    answer: answer.data,
    tokens: usage ? { in: usage.prompt_tokens, out: usage.completion_tokens } : null,
  };
}

/** Models that are only asked for JSON put it in a code block, and some think aloud before. */
const withoutWrapping = (content: string): string =>
  content
    .replace(/^[\s\S]*<\/think>/, '')
    .trim()
    .replace(/^```(?:json)?\s*([\s\S]*?)\s*```$/, '$1');

/** Leaving the loop cancels the stream. */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let size = 0;
  let text = '';
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > bodyCap) throw chatNonsense('chat-too-large', 'The answer of the endpoint is larger than 256 kB.');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no schema accepts undefined, so it is reported as unreadable
  }
}
