import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { FaultScript } from './faults.js';
import type { SimAnswer, SimRequest } from './http.js';

interface Full {
  status: number;
  headers: Record<string, string>;
  text: string;
}

const megabyte = 1024 * 1024;
const hugeMegabytes = 200;
/** Made when it is needed first. */
let bomb: Buffer | undefined;

/** Ends the connection with a TCP reset, as a dying gateway does. */
export function cut(outgoing: ServerResponse): false {
  outgoing.socket?.resetAndDestroy();
  return false;
}

/** The true answer, brought in a bad way. False: this fault is of another kind, and nothing was sent. */
export async function misdelivered(outgoing: ServerResponse, full: Full, fault: FaultScript): Promise<boolean> {
  switch (fault.kind) {
    case 'slow-body':
      await drip(outgoing, full, fault.delayMs ?? 1_000);
      return true;
    case 'truncated':
      half(outgoing, full, () => outgoing.socket?.end());
      return true;
    case 'cut-body':
      half(outgoing, full, () => cut(outgoing));
      return true;
    case 'stalled-body':
      half(outgoing, full);
      return true;
    case 'huge-body':
      await flood(outgoing, full);
      return true;
    case 'gzip-bomb':
      outgoing.writeHead(full.status, { ...full.headers, 'content-encoding': 'gzip' });
      outgoing.end((bomb ??= gzipSync(Buffer.alloc(hugeMegabytes * megabyte, ' '))));
      return true;
    default:
      return false;
  }
}

/** A list that is behind the truth, or that answers every page with the first one. */
export function otherList(fault: FaultScript, request: SimRequest, answer: SimAnswer): SimAnswer {
  const body = answer.body as { locations?: unknown[] };
  if (!Array.isArray(body.locations)) return answer;
  if (fault.kind === 'repeated-list') return { ...answer, body: { ...body, locations: twice(body.locations) } };
  if (fault.kind !== 'stale-list') return answer;
  const missing = fault.missing ?? 1;
  const newestFirst = request.query.get('order') === 'desc';
  const locations = newestFirst ? body.locations.slice(missing) : body.locations.slice(0, -missing);
  return { ...answer, body: { ...body, locations } };
}

const twice = (list: unknown[]) => [...list, ...list];

async function drip(outgoing: ServerResponse, { status, headers, text }: Full, overMs: number): Promise<void> {
  const pieces = 10;
  const size = Math.ceil(text.length / pieces);
  outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) });
  outgoing.flushHeaders();
  for (let piece = 0; piece < pieces && !outgoing.destroyed; piece++) {
    outgoing.write(text.slice(piece * size, (piece + 1) * size));
    await new Promise((resolve) => setTimeout(resolve, overMs / pieces));
  }
  outgoing.end();
}

/** Promises all of the body and sends half. */
function half(outgoing: ServerResponse, { status, headers, text }: Full, then?: () => void): void {
  outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) });
  outgoing.flushHeaders();
  outgoing.write(text.slice(0, Math.floor(text.length / 2)), then);
}

/** One JSON text that does not end for a long time; whoever reads it all needs the memory for it. */
async function flood(outgoing: ServerResponse, { status, headers }: Full): Promise<void> {
  outgoing.writeHead(status, headers);
  outgoing.write('{"id":"');
  const closed = new Promise<void>((resolve) => outgoing.once('close', resolve));
  for (let sent = 0; sent < hugeMegabytes && !outgoing.destroyed; sent++) {
    if (outgoing.write('x'.repeat(megabyte))) continue;
    await Promise.race([closed, new Promise<void>((resolve) => outgoing.once('drain', resolve))]);
  }
  outgoing.end('"}');
}
