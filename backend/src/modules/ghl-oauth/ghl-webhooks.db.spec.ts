import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { Client } from 'pg';
import { pause, ProvisioningWorld } from '../../../test/provisioning-world.js';
import { errorKinds, type AppError } from '../../platform/errors/index.js';
import { GhlWebhooks } from './ghl-webhooks.service.js';

/** The simulator's own key: it follows from its seed. */
const bytes = createHash('sha256').update('webhook-key\nnorthwind').digest();
const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const vendorKey = createPrivateKey({ key: Buffer.concat([prefix, bytes]), format: 'der', type: 'pkcs8' });

jest.setTimeout(20_000);

describe('a webhook of HighLevel', () => {
  let world: ProvisioningWorld;
  let companyId: string;
  let events = 0;

  beforeAll(async () => {
    world = await ProvisioningWorld.begin();
    companyId = (await world.state()).companies[0].id;
    await world.work();
  });
  afterAll(() => world.end());

  const anEvent = (fields: object = {}) => {
    const about = { webhookId: `event-${++events}`, companyId, timestamp: new Date().toISOString() };
    return Buffer.from(JSON.stringify({ type: 'LocationUpdate', ...about, ...fields }));
  };
  const signed = (body: Buffer, key: KeyObject = vendorKey) => sign(null, body, key).toString('base64');
  const send = (body: Buffer, signature: string | undefined = signed(body)) =>
    world.get(GhlWebhooks).receive(body, signature);
  const stored = (type: string) =>
    world.in((tx) =>
      tx.query<{ state: string }>('SELECT state FROM inbox WHERE agency_id = $1 AND type = $2', [world.tenant, type]),
    );

  it('that arrives before the agency is connected is kept, and belongs to the agency once it connects', async () => {
    expect(await send(anEvent({ type: 'INSTALL' }))).toEqual({ received: true, duplicate: false });
    expect(await stored('INSTALL')).toEqual([]);
    await world.connect();
    while ((await stored('INSTALL'))[0]?.state !== 'done') await pause(20);
  });

  const stranger = generateKeyPairSync('ed25519').privateKey;
  it.each<[string, (body: Buffer) => [Buffer, string | undefined]]>([
    ['no signature', (body) => [body, undefined]],
    ['an empty signature', (body) => [body, '']],
    ['N/A as signature', (body) => [body, 'N/A']],
    ['the signature of another key', (body) => [body, signed(body, stranger)]],
    ['a signature that is no base64', (body) => [body, '!!!']],
    ['a changed byte', (body) => [Buffer.concat([body.subarray(0, -1), Buffer.from(' }')]), signed(body)]],
  ])('with %s is refused and not stored', async (_, change) => {
    const [body, signature] = change(anEvent({ type: 'Refused' }));
    await expect(world.get(GhlWebhooks).receive(body, signature)).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(await stored('Refused')).toEqual([]);
  });

  it('without a body is refused', async () => {
    await expect(world.get(GhlWebhooks).receive(undefined, 'x')).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  it('that is signed and is no event is bad input', async () => {
    for (const text of ['[]', 'null', 'no json', '{}'])
      await expect(send(Buffer.from(text))).rejects.toMatchObject({ kind: 'validation' });
  });

  it('acts once, however often it comes', async () => {
    const body = anEvent({ type: 'UNINSTALL' });
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(body)));
    expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    while ((await stored('UNINSTALL'))[0].state !== 'done') await pause(20);
    expect((await world.connection()).status).toBe('reconnect');
    await world.connect();
    expect(await send(body)).toEqual({ received: true, duplicate: true });
    await pause(250);
    expect((await world.connection()).status).toBe('active');
  });

  it('that is older than the connection does not end it', async () => {
    await send(anEvent({ type: 'UNINSTALL', timestamp: new Date(Date.now() - 3_600_000).toISOString() }));
    while ((await stored('UNINSTALL')).some(({ state }) => state !== 'done')) await pause(20);
    expect((await world.connection()).status).toBe('active');
  });

  it('of another app is answered and left alone', async () => {
    expect(await send(anEvent({ type: 'Foreign', appId: 'another-app' }))).toEqual({
      received: true,
      duplicate: false,
    });
    expect(await stored('Foreign')).toEqual([]);
  });

  it('that cannot be stored is answered 429, the one answer that makes HighLevel send it again', async () => {
    const human = new Client({ connectionString: world.database.ownerUrl });
    await human.connect();
    await human.query('BEGIN; LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE');
    const body = anEvent({ type: 'Late' });
    const failure = await send(body).catch((error: AppError) => error);
    expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterMs: 10_000 });
    expect(errorKinds['rate-limited'].status).toBe(429);
    await human.query('ROLLBACK');
    await human.end();
    expect(await stored('Late')).toEqual([]);
    expect(await send(body)).toEqual({ received: true, duplicate: false });
    expect(await stored('Late')).toHaveLength(1);
  });
});
