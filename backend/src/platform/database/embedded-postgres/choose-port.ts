import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

const PORT_FILE = 'postgres-port';

/** The port of the last run when it is still free (so that a remembered address keeps working), else any free one. */
export async function choosePort(dataDir: string, host: string): Promise<number> {
  const port = (await probe(host, lastPort(dataDir))) ?? (await probe(host, 0));
  if (port === undefined) throw new Error(`No free port was found on ${host}.`);
  writeFileSync(join(dataDir, PORT_FILE), `${port}\n`);
  return port;
}

function lastPort(dataDir: string): number {
  try {
    const port = Number(readFileSync(join(dataDir, PORT_FILE), 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
  } catch {
    return 0; // the first start
  }
}

function probe(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host, port, exclusive: true }, () => {
      const { port: free } = server.address() as AddressInfo;
      server.close(() => resolve(free));
    });
  });
}
