// All viewers of the live log, in one process: says when they watch, then what they saw.
import { setTimeout as pause } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { spread } from './measuring.mjs';

const { url, cookie, runId, viewers, lines, bulkyRunId } = JSON.parse(process.argv[2]);
const ms = [];
let faults = 0;
let left = viewers;

const connect = () =>
  new Promise((resolve, reject) => {
    const socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      extraHeaders: { cookie, origin: url },
    });
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', reject);
  });
const watch = (socket) => socket.emitWithAck('run:watch', { runId, after: 0 });

async function view() {
  const socket = await connect();
  let last = 0;
  socket.on('run:lines', (told) => {
    const now = Date.now();
    for (const { seq, data } of told.lines) {
      if (seq !== last + 1) faults++;
      last = seq;
      if (data?.due) ms.push(now - data.due);
      if (data?.due) remaining--;
    }
    if (remaining === 0 && --left === 0) void finish();
  });
  let remaining = lines;
  await watch(socket);
}

for (let started = 0; started < viewers; started += 50)
  await Promise.all(Array.from({ length: Math.min(50, viewers - started) }, view));
const stalled = bulkyRunId ? await stall() : undefined;
process.send({ watching: viewers });

/** Asks for a log of many megabytes and reads nothing of it; what the server holds for it grows until it is cut. */
async function stall() {
  const socket = await connect();
  const reader = socket.io.engine.transport.ws._socket;
  reader.pause();
  socket.emit('run:watch', { runId: bulkyRunId, after: 0 });
  return { socket, reader };
}

/** It notices only when it reads again. */
async function wasDropped({ socket, reader }) {
  const dropped = new Promise((resolve) => socket.once('disconnect', () => resolve(true)));
  reader.resume();
  return Promise.race([dropped, pause(2_000, false)]);
}

async function finish() {
  const result = {
    ...spread(ms),
    deliveries: ms.length,
    faults,
    ...(stalled && { dropped: await wasDropped(stalled) }),
  };
  process.send(result, () => process.exit(0));
}
