import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';

/** What the endpoint reads of a request. */
const Request = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })).min(1),
  max_tokens: z.number().int().positive().optional(),
  max_completion_tokens: z.number().int().positive().optional(),
  stream: z.literal(false).optional(),
  response_format: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('json_object') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({
          name: z.string().regex(/^[\w-]{1,64}$/),
          strict: z.literal(true),
          schema: z.record(z.string(), z.unknown()),
        }),
      }),
    ])
    .optional(),
});
export type ChatRequest = z.output<typeof Request>;

export interface Refused {
  status: number;
  body: object;
}

const refused = (status: number, code: string | null, message: string): Refused => ({
  status,
  body: {
    error: { message, type: status === 401 ? 'authentication_error' : 'invalid_request_error', param: null, code },
  },
});

export interface Expected {
  key?: string;
  model: string;
  maxTokensParam: 'max_completion_tokens' | 'max_tokens';
}

/** As strict as the strictest endpoint. It quotes the wrong key, as OpenAI does. */
export function checkRequest(headers: IncomingHttpHeaders, body: unknown, expected: Expected): ChatRequest | Refused {
  if (expected.key && headers.authorization !== `Bearer ${expected.key}`)
    return refused(401, 'invalid_api_key', `Incorrect API key provided: ${headers.authorization?.slice(7) ?? ''}.`);
  const read = Request.safeParse(body);
  if (!read.success) return refused(400, null, z.prettifyError(read.error));
  const { model, response_format: format, ...rest } = read.data;
  if (model !== expected.model) return refused(404, 'model_not_found', `The model ${model} does not exist.`);
  const foreign = expected.maxTokensParam === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
  if (rest[foreign]) return refused(400, 'unsupported_parameter', `Unsupported parameter: '${foreign}'.`);
  const fault = format?.type === 'json_schema' ? faultOfSchema(format.json_schema.schema) : undefined;
  return fault ? refused(400, null, `Invalid schema for response_format: ${fault}`) : read.data;
}

const unsupported = ['allOf', 'not', 'if', 'dependentRequired', 'minLength', 'maxLength', '$schema'];

/** The rules of strict schemas: closed objects, everything required, nothing that the grammar cannot hold. */
function faultOfSchema(schema: unknown, root = true): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const { type, properties = {}, required = [], additionalProperties } = schema as Record<string, unknown>;
  const word = unsupported.find((each) => each in schema);
  if (word) return `'${word}' is not permitted`;
  if (root && type !== 'object') return 'the root must be an object';
  if (type !== 'object') return undefined;
  if (additionalProperties !== false) return "'additionalProperties' must be false";
  const missing = Object.keys(properties as object).find((name) => !(required as string[]).includes(name));
  if (missing) return `'required' must hold '${missing}'`;
  return Object.values(properties as object)
    .map((each) => faultOfSchema(each, false))
    .find(Boolean);
}
