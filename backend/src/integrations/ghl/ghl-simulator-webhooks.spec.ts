import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GhlSimulator } from './ghl.simulator.js';
import { ghlSignatureHeader, isSignedByGhl } from './ghl-webhook-signature.js';
import { GhlWebhook } from './ghl.schema.js';
import { aClient, connect, eventually, quickSimulator, SimControl } from './testing/simulated-world.js';

interface Received {
  raw: Buffer;
  headers: IncomingHttpHeaders;
  event: GhlWebhook;
}

describe('webhooks of the simulator', () => {
  let simulator: GhlSimulator;
  let control: SimControl;
  let receiver: Server;
  let received: Received[];
  let refuse: number;

  beforeEach(async () => {
    received = [];
    refuse = 0;
    receiver = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const raw = Buffer.concat(chunks);
        received.push({ raw, headers: incoming.headers, event: GhlWebhook.parse(JSON.parse(raw.toString())) });
        outgoing.writeHead(refuse-- > 0 ? 503 : 202).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const webhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    simulator = await quickSimulator({ webhookUrl });
    control = new SimControl(simulator.url);
  });
  afterEach(async () => {
    await simulator.stop();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  const arrived = (type: string, times = 1) =>
    eventually(async () => {
      const all = received.filter(({ event }) => event.type === type);
      return all.length >= times ? all : undefined;
    });
  const good = async ({ raw, headers }: Received) =>
    isSignedByGhl(raw, headers[ghlSignatureHeader], (await control.get<{ pem: string }>('public-key')).pem);

  it('tell of the installation, a new sub-account and its app, and the removal', async () => {
    const client = aClient(simulator.url);
    const access = await connect(client);
    const [install] = await arrived('INSTALL');
    expect(install!.event).toMatchObject({ companyId: access.companyId, appId: '66f1c0ffee5eed0000000001' });
    expect(await good(install!)).toBe(true);
    const location = await client.createLocation(access, { name: 'Fern Bakery' });
    expect((await arrived('LocationCreate'))[0]!.event).toMatchObject({ id: location.id, companyId: access.companyId });
    expect((await arrived('INSTALL', 2))[1]!.event).toMatchObject({ locationId: location.id });
    await control.post('uninstall');
    expect((await arrived('UNINSTALL'))[0]!.event).toMatchObject({ companyId: access.companyId });
  });

  it('come again until they are accepted, as the same event', async () => {
    refuse = 3;
    await control.post('webhooks', { send: { type: 'LocationCreate', fields: { id: 'l' } } });
    const all = await arrived('LocationCreate', 4);
    expect(new Set(all.map(({ event }) => event.webhookId)).size).toBe(1);
  });

  it('come twice, under data, or late when asked to', async () => {
    await control.post('webhooks', {
      mode: { duplicates: 1, underData: true, spreadMs: 50 },
      send: { type: 'UserCreate', fields: { id: 'u' } },
    });
    const all = await arrived('UserCreate', 2);
    expect(all[0]!.event).toMatchObject({ id: 'u' });
    expect(all[0]!.event.webhookId).toBe(all[1]!.event.webhookId);
  });

  it.each(['bad', 'none', 'N/A', 'legacy'])('come with a signature that is %s, and are refused', async (signature) => {
    await control.post('webhooks', { send: { type: 'INSTALL', fields: {}, signature } });
    const [one] = await arrived('INSTALL');
    expect(await good(one!)).toBe(false);
  });
});
