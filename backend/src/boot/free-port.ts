import { type AddressInfo, createServer } from 'node:net';
import { portTaken } from './create-app.js';
import { StartRefused } from './running-process.js';

/** The port itself when it is free, or any free one for 0. Asked before anything slow is started. */
export function freePort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new StartRefused(portTaken(host, port))
          : new StartRefused(`Cannot listen on ${host}, port ${port}: ${error.message}. Change HOST or PORT.`),
      ),
    );
    probe.listen({ host, port, exclusive: true }, () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => resolve(free));
    });
  });
}
