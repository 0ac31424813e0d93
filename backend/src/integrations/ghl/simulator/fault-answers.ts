import type { ServerResponse } from 'node:http';
import type { FaultScript } from './faults.js';

interface Full {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Ends the connection with a TCP reset, as a dying gateway does. */
export function cut(outgoing: ServerResponse): false {
  outgoing.socket?.resetAndDestroy();
  return false;
}

/** `slow-body` sends the whole body in pieces over `delayMs`; `truncated` promises all of it and sends half. */
export async function dripped(
  outgoing: ServerResponse,
  { status, headers, text }: Full,
  fault: FaultScript,
): Promise<void> {
  const pieces = 10;
  const size = Math.ceil(text.length / pieces);
  outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) });
  outgoing.flushHeaders();
  if (fault.kind === 'truncated') {
    outgoing.write(text.slice(0, Math.floor(text.length / 2)), () => outgoing.socket?.end());
    return;
  }
  for (let piece = 0; piece < pieces && !outgoing.destroyed; piece++) {
    outgoing.write(text.slice(piece * size, (piece + 1) * size));
    await new Promise((resolve) => setTimeout(resolve, (fault.delayMs ?? 1_000) / pieces));
  }
  outgoing.end();
}
