import type { OutgoingHttpHeaders } from 'node:http';
import { type Answer, ask } from './ask.js';

/** Somebody with credentials, who keeps every answer that was heard. */
export class Caller {
  readonly heard: Answer[] = [];

  constructor(
    readonly base: string,
    readonly headers: OutgoingHttpHeaders = {},
  ) {}

  async ask(method: string, path: string, body?: unknown, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    const answer = await ask(this.base, { method, path, body, headers: { ...this.headers, ...headers } });
    this.heard.push(answer);
    return answer;
  }

  get(path: string): Promise<Answer> {
    return this.ask('GET', path);
  }

  post(path: string, body?: unknown, headers?: OutgoingHttpHeaders): Promise<Answer> {
    return this.ask('POST', path, body, headers);
  }

  /** For what a story needs and is not about: anything but success ends the test. */
  async must<Shape = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: OutgoingHttpHeaders,
  ): Promise<Shape> {
    const answer = await this.ask(method, path, body, headers);
    if (answer.status >= 400) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return (answer.text ? answer.json<Shape>() : undefined) as Shape;
  }
}

/** The session cookie of an answer, as a browser would send it back. */
export const cookieOf = (answer: Answer) =>
  (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';', 1)[0]).join('; ');
