import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';

export interface Question {
  method: string;
  /** As it goes over the wire, malformed or not. */
  path: string;
  /** Text and bytes are sent as they are; anything else as JSON. */
  body?: unknown;
  headers?: OutgoingHttpHeaders;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  ms: number;
  json<Shape = Record<string, unknown>>(): Shape;
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 });
const patienceMs = 30_000;

/** One request with nothing added that a client library would add. A stream counts as answered once it has begun. */
export function ask(base: string, { method, path, body, headers = {} }: Question): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const sent = bytesOf(body);
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        ...{ agent, hostname, port, method, path, timeout: patienceMs },
        headers: {
          ...(sent !== undefined && { 'content-type': 'application/json', 'content-length': sent.length }),
          ...headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        const finish = () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const json = <Shape>() => JSON.parse(text) as Shape;
          const ms = performance.now() - began;
          resolve({ status: incoming.statusCode!, headers: incoming.headers, text, ms, json });
        };
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('end', finish);
        incoming.once('error', reject);
        if (!/^text\/event-stream/.test(incoming.headers['content-type'] ?? '')) return;
        finish();
        asking.destroy();
      },
    );
    asking.once('timeout', () => asking.destroy(new Error(`${method} ${path} was not answered in time`)));
    asking.once('error', reject);
    asking.end(sent);
  });
}

function bytesOf(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
