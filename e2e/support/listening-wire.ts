import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const secretFields = new Set(['access_token', 'refresh_token', 'client_secret', 'code', 'password']);

export interface Wire {
  readonly url: string;
  /** Every token, code and password that went over the wire, by its kind. */
  readonly secrets: Map<string, Set<string>>;
  /** Answers the next requests of such a method and path with this status, and quotes the credentials in the body. */
  quoteBack(request: RegExp, status: number, times: number): void;
  /** What the careless answers said. */
  readonly quoted: string[];
  stop(): void;
}

/** Stands between the product and HighLevel: hears all secrets, and can be as careless with them as vendors are. */
export async function listeningWire(target: string): Promise<Wire> {
  const secrets = new Map<string, Set<string>>();
  const quoted: string[] = [];
  let careless: { request: RegExp; status: number; times: number } | undefined;
  const note = (text: string) => {
    for (const [kind, value] of fieldsOf(text))
      if (secretFields.has(kind)) secrets.set(kind, (secrets.get(kind) ?? new Set()).add(value));
  };
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing));
  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await textOf(incoming);
    note(body);
    const { host, connection, 'content-length': length, ...headers } = incoming.headers as Record<string, string>;
    if (careless && careless.times > 0 && careless.request.test(`${incoming.method} ${incoming.url}`)) {
      careless.times--;
      const said = `cannot serve ${headers.authorization} with ${body}`;
      outgoing.writeHead(careless.status, { 'content-type': 'application/json' });
      quoted.push(said);
      return void outgoing.end(JSON.stringify({ message: said, error: said, headers, body }));
    }
    const method = incoming.method!;
    const answer = await fetch(target + incoming.url!, { method, headers, body: body || undefined });
    const text = await answer.text();
    note(text);
    const { 'content-encoding': encoding, 'transfer-encoding': chunks, ...rest } = Object.fromEntries(answer.headers);
    outgoing.writeHead(answer.status, { ...rest, 'content-length': Buffer.byteLength(text) }).end(text);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    quoted,
    quoteBack: (request, status, times) => (careless = { request, status, times }),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Names and values of a JSON object or of a form. */
function fieldsOf(text: string): [string, string][] {
  try {
    return Object.entries(JSON.parse(text) as object).map(([name, value]) => [name, String(value)]);
  } catch {
    return [...new URLSearchParams(text)]; // the token endpoint takes forms
  }
}
