import { anyFreePort, listens } from '../platform/free-port.js';
import { portTaken } from './create-app.js';
import { StartRefused } from './running-process.js';

/** The port itself when it is free, or any free one for 0. Asked before anything slow is started. */
export async function freePort(host: string, port: number): Promise<number> {
  if (port === 0) return anyFreePort(host);
  return listens(host, port).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE'
      ? new StartRefused(portTaken(host, port))
      : new StartRefused(`Cannot listen on ${host}, port ${port}: ${error.message}. Change HOST or PORT.`);
  });
}
