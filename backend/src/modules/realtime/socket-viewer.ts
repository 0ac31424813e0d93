import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import type { Principal } from '../../platform/http/index.js';
import { type Audience, PATIENCE_MS, ROOM_BYTES, type Viewer } from './viewer.js';

/** What a socket knows of itself; set at the handshake, before anything can be asked. */
export interface SocketData {
  principal: Principal;
  runs: Map<string, SocketViewer>;
  watchesJobs?: true;
  watchesBatches?: true;
}
export type LiveSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;

const ROOM_POLL_MS = 50;

export class SocketViewer implements Viewer {
  constructor(
    readonly socket: Socket,
    readonly audience: Audience,
    public cursor: number,
  ) {}

  hasRoom(): boolean {
    return bufferedBytes(this.socket) <= ROOM_BYTES;
  }

  async room(): Promise<boolean> {
    for (let waited = 0; this.socket.connected; waited += ROOM_POLL_MS) {
      if (bufferedBytes(this.socket) <= ROOM_BYTES / 4) return true;
      if (waited >= PATIENCE_MS) cut(this.socket);
      await new Promise((resolve) => setTimeout(resolve, ROOM_POLL_MS));
    }
    return false;
  }
}

/** One packet is encoded for all sockets that get it. They are this process' own; others have tails of their own. */
export function socketAudience(server: Server): Audience {
  const idsOf = (viewers: readonly Viewer[]) => viewers.map((viewer) => (viewer as SocketViewer).socket.id);
  return {
    lines: (viewers, runId, lines) => void server.local.to(idsOf(viewers)).emit('run:lines', { runId, lines }),
    changed: (viewers, runId) => void server.local.to(idsOf(viewers)).emit('run:changed', { runId }),
  };
}

/** What engine.io and ws hold for a reader that is slower than we are. */
interface Transport {
  writeBuffer: { data?: unknown; options?: { wsPreEncodedFrame?: { byteLength: number }[] } }[];
  transport?: { socket?: { bufferedAmount?: number; terminate?(): void } };
}

export function bufferedBytes(socket: Socket): number {
  const { writeBuffer, transport } = socket.conn as unknown as Transport;
  const waiting = writeBuffer.reduce((sum, { data }) => sum + (typeof data === 'string' ? data.length : 0), 0);
  return waiting + (transport?.socket?.bufferedAmount ?? 0);
}

/** A reader that does not read will not answer a polite close either. */
function cut(socket: Socket): void {
  const { transport } = socket.conn as unknown as Transport;
  socket.disconnect(true);
  socket.conn.close(true);
  transport?.socket?.terminate?.();
}
