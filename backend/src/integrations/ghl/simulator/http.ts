import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SimAccess } from './state.js';

/** A refusal in HighLevel's form: `{statusCode, message, error, traceId}`. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly words: string | string[],
    readonly error = names[status] ?? 'Error',
  ) {
    super(String(words));
  }
}

const names: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
};

export interface SimRequest {
  serial: number;
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Form or JSON, as an object; strings only when it was a form. */
  body: Record<string, unknown>;
  isForm: boolean;
  params: Record<string, string>;
  token?: SimAccess;
  /** Ids that this request made or changed. */
  applied: string[];
}

export interface SimAnswer {
  status: number;
  /** An object is sent as JSON, a string as a web page. */
  body: object | string;
  headers?: Record<string, string>;
}

export const ok = (body: object, status = 200): SimAnswer => ({ status, body });

export async function readBody(incoming: IncomingMessage): Promise<{ body: Record<string, unknown>; isForm: boolean }> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks).toString('utf8');
  const isForm = /application\/x-www-form-urlencoded/i.test(incoming.headers['content-type'] ?? '');
  if (isForm) return { body: Object.fromEntries(new URLSearchParams(raw)), isForm };
  if (raw === '') return { body: {}, isForm };
  try {
    const value: unknown = JSON.parse(raw);
    return { body: (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>, isForm };
  } catch {
    throw new Refusal(400, 'Unexpected token in JSON');
  }
}

export function serialise({ status, body, headers }: SimAnswer): {
  status: number;
  headers: Record<string, string>;
  text: string;
} {
  const type = typeof body === 'string' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  return {
    status,
    headers: { 'content-type': type, ...headers },
    text: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

export function write(
  outgoing: ServerResponse,
  answer: { status: number; headers: Record<string, string>; text: string },
): void {
  outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.text) });
  outgoing.end(answer.text);
}
