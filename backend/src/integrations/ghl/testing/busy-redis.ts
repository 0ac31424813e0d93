import type { Redis } from 'ioredis';

/** Does any of them wait for an answer? */
export const isBusy =
  (...connections: Redis[]) =>
  () =>
    connections.some(
      (connection) => (connection as unknown as { commandQueue: { length: number } }).commandQueue.length > 0,
    );
