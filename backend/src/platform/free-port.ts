import { type AddressInfo, createServer } from 'node:net';

/** Below the ports from which systems take one for an outgoing connection: what is free here stays free. */
const range = { from: 15_000, size: 17_000 };
const triesAtMost = 50;
const asked = new Set<number>();

/**
 * A port that nobody listens on now, and that no outgoing connection will take before it is used. Whoever asks again
 * gets another one, so that who was given it may leave it for a while and come back.
 */
export async function anyFreePort(host = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < triesAtMost; tries++) {
    const port = range.from + Math.floor(Math.random() * range.size);
    if (asked.has(port)) continue;
    asked.add(port);
    if (await listens(host, port).catch(() => undefined)) return port;
  }
  return listens(host, 0);
}

/** Rejects when the port cannot be listened on. */
export function listens(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ host, port, exclusive: true }, () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => resolve(free));
    });
  });
}
