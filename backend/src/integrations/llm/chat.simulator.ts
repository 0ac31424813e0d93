import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type ChatRequest, checkRequest, type Expected } from './simulator/check-request.js';
import { type ChatMind, chatMinds } from './simulator/minds.js';
import type { ChatScript } from './simulator/scripts.js';

export interface ChatSimulatorOptions extends Partial<Expected> {
  port?: number;
  /** Obedient: does what any text tells it. */
  mind?: keyof typeof chatMinds | ChatMind;
  /** How long it thinks. */
  thinksMs?: number;
}

export interface ChatSimulator {
  /** For OPENAI_BASE_URL. */
  url: string;
  /** What was asked and understood, in order. */
  readonly asked: ChatRequest[];
  /** How many requests came, refused ones included, and how many were open at once. */
  readonly counts: { requests: number; atOnce: number };
  /** Plays these for the next requests, one for each; then it answers well again. */
  play(...scripts: ChatScript[]): void;
  /** Plays it for every request until told otherwise. */
  always(script: ChatScript | undefined): void;
  think(mind: ChatMind): void;
  stop(): Promise<void>;
}

/** A chat-completions endpoint that runs here, on this machine only: as strict, slow and moody as real ones. */
export async function startChatSimulator(options: ChatSimulatorOptions = {}): Promise<ChatSimulator> {
  const { port = 0, thinksMs = 0, mind: given = 'honest' } = options;
  const expected: Expected = { model: 'sim-model', maxTokensParam: 'max_tokens', ...options };
  let mind: ChatMind = typeof given === 'string' ? chatMinds[given] : given;
  let script: ChatScript | undefined;
  const scripts: ChatScript[] = [];
  const asked: ChatRequest[] = [];
  const counts = { requests: 0, atOnce: 0, open: 0 };

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    if (incoming.method !== 'POST' || incoming.url !== '/v1/chat/completions')
      return write(outgoing, 404, {
        error: { message: `Unknown request URL: ${incoming.url}`, type: 'invalid_request_error' },
      });
    const checked = checkRequest(incoming.headers, body, expected);
    if ('status' in checked) return write(outgoing, checked.status, checked.body);
    asked.push(checked);
    await pause(thinksMs);
    const user = checked.messages.filter(({ role }) => role === 'user').map(({ content }) => content);
    const good = completion(JSON.stringify(mind(user.join('\n')) ?? {}));
    await play(outgoing, scripts.shift() ?? script, good);
  }

  const server = createServer((incoming, outgoing) => {
    counts.requests++;
    counts.atOnce = Math.max(counts.atOnce, ++counts.open);
    outgoing.once('close', () => counts.open--);
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    ...{ asked, counts },
    play: (...next) => void scripts.push(...next),
    always: (next) => void (script = next),
    think: (next) => void (mind = next),
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function play(outgoing: ServerResponse, script: ChatScript | undefined, good: object): Promise<void> {
  switch (script?.kind) {
    case undefined:
      return write(outgoing, 200, good);
    case 'say':
      return write(outgoing, 200, completion(script.content, script.finish, script.refusal));
    case 'status':
      return write(outgoing, script.status, script.body, script.headers);
    case 'late':
      await pause(script.ms);
      return write(outgoing, 200, good);
    case 'drip':
      return drip(outgoing, JSON.stringify(good), script.everyMs);
    case 'huge':
      return write(outgoing, 200, completion(' '.repeat(2_000_000)));
    case 'reset':
      return void outgoing.destroy();
    case 'hang':
      return; // the caller gives up, or the simulator's end closes the connection
  }
}

/** A byte at a time: a limit on silence never bites. */
async function drip(outgoing: ServerResponse, text: string, everyMs: number): Promise<void> {
  outgoing.writeHead(200, { 'content-type': 'application/json' });
  for (const letter of text) {
    if (outgoing.destroyed) return;
    outgoing.write(letter);
    await pause(everyMs);
  }
  outgoing.end();
}

const completion = (content: string, finish = 'stop', refusal: string | null = null) => ({
  id: 'chatcmpl-simulated',
  object: 'chat.completion',
  choices: [
    { index: 0, finish_reason: finish, message: { role: 'assistant', content: refusal ? null : content, refusal } },
  ],
  usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
});

async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

function write(
  outgoing: ServerResponse,
  status: number,
  body: object | string,
  headers: Record<string, string> = {},
): void {
  const isText = typeof body === 'string';
  outgoing.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers });
  outgoing.end(isText ? body : JSON.stringify(body));
}
