import { Secret } from '../../platform/crypto/secret.js';
import type { GhlAccess, GhlPort } from './ghl.port.js';

/** What a suite must bring: a client, an agency that has consented, and names that exist there. */
export interface GhlContractWorld {
  client: GhlPort;
  /** Goes through the consent page and comes back with a code. */
  consent: () => Promise<{ code: string; redirectUri: string }>;
  /** A snapshot that loads completely, with at least one custom value. */
  snapshotName: string;
  /** Waits until `done` says so, in the pace of the provider. */
  eventually: <T>(look: () => Promise<T | undefined>) => Promise<T>;
}

const business = () => {
  const mark = `${Date.now().toString(36)}${Math.trunc(Math.random() * 1e6)}`;
  return {
    name: `Contract Bakery ${mark}`,
    phone: '+12065550119',
    city: 'Seattle',
    state: 'WA',
    country: 'US',
    timezone: 'America/Los_Angeles',
    prospect: { firstName: 'Ines', lastName: 'Moreau', email: `owner-${mark}@bakery.example` },
  };
};

/** The promises of the port that hold with every provider. */
export function describeGhlContract(name: string, makeWorld: () => Promise<GhlContractWorld>): void {
  describe(`${name} keeps the promises of the port`, () => {
    let world: GhlContractWorld;
    let access: GhlAccess;

    beforeAll(async () => {
      world = await makeWorld();
      const { code, redirectUri } = await world.consent();
      const grant = await world.client.exchangeCode(code, redirectUri);
      access = {
        token: grant.accessToken,
        holder: grant.holder,
        companyId: grant.companyId,
        expiresAt: grant.expiresAt,
      };
    });

    const locationAccess = async (locationId: string): Promise<GhlAccess> => {
      const token = await world.client.mintLocationToken(access, locationId);
      return { ...access, token: token.accessToken, holder: 'Location', locationId, expiresAt: token.expiresAt };
    };

    it('names the agency that consented', async () => {
      expect(access.holder).toBe('Company');
      expect(await world.client.getCompany(access)).toEqual({ id: access.companyId, name: expect.stringMatching(/./) });
    });

    it('uses a code once', async () => {
      const { code, redirectUri } = await world.consent();
      await world.client.exchangeCode(code, redirectUri);
      await expect(world.client.exchangeCode(code, redirectUri)).rejects.toMatchObject({
        kind: 'auth',
        code: 'ghl-invalid-grant',
      });
    });

    it('rotates a refresh token and refuses the old one', async () => {
      const { code, redirectUri } = await world.consent();
      const first = await world.client.exchangeCode(code, redirectUri);
      const second = await world.client.refreshGrant(first.refreshToken, 'Company');
      expect(second.refreshToken.reveal()).not.toBe(first.refreshToken.reveal());
      const reuse = world.client.refreshGrant(first.refreshToken, 'Company');
      await expect(reuse).rejects.toMatchObject({ kind: 'auth', code: 'ghl-invalid-grant' });
    });

    it('makes a sub-account, reads it at once, finds it by e-mail soon, and changes it', async () => {
      const input = business();
      const made = await world.client.createLocation(access, input);
      expect(made).toMatchObject({ name: input.name, companyId: access.companyId, email: input.prospect.email });
      expect((await world.client.getLocation(access, made.id)).name).toBe(input.name);
      const found = await world.eventually(async () => {
        const [first] = await world.client.searchLocations(access, { email: input.prospect.email });
        return first;
      });
      expect(found.id).toBe(made.id);
      const changed = await world.client.updateLocation(access, made.id, { website: 'https://bakery.example' });
      expect(changed).toMatchObject({ id: made.id, name: input.name, website: 'https://bakery.example' });
    });

    it('says which sub-accounts have the app', async () => {
      const installed = await world.client.installedLocations(access, { skip: 0, limit: 100 });
      expect(installed.installToFutureLocations).toBe(true);
      expect(installed.count).toBeGreaterThanOrEqual(installed.locations.length);
      expect(installed.locations[0]).toEqual({ id: expect.any(String), name: expect.any(String), isInstalled: true });
    });

    it('loads a snapshot; its custom values arrive empty and can be written', async () => {
      const snapshots = await world.client.listSnapshots(access);
      const snapshot = snapshots.find(({ name }) => name === world.snapshotName)!;
      const begun = new Date(Date.now() - 60_000);
      const location = await world.client.createLocation(access, { ...business(), snapshotId: snapshot.id });
      const detail = await world.eventually(async () => {
        const load = await world.client.snapshotLoad(access, snapshot.id, location.id);
        return load?.pending.length === 0 && load.completed.length > 0 ? load : undefined;
      });
      expect(detail.completed).toContain('custom_values');
      const loads = await world.client.snapshotLoads(access, snapshot.id, {
        from: begun,
        to: new Date(Date.now() + 60_000),
      });
      expect(loads.map(({ locationId }) => locationId)).toContain(location.id);

      const inside = await world.eventually(() => locationAccess(location.id).catch(() => undefined));
      const [value] = await world.client.listCustomValues(inside, location.id);
      expect(value).toMatchObject({ name: expect.stringMatching(/./), value: '' });
      await world.client.updateCustomValue(inside, location.id, value!.id, { name: value!.name, value: 'Ada' });
      const added = await world.client.createCustomValue(inside, location.id, { name: 'Contract Extra', value: 'x' });
      await world.client.deleteCustomValue(inside, location.id, added.id);
      const after = await world.client.listCustomValues(inside, location.id);
      expect(after.find(({ id }) => id === value!.id)!.value).toBe('Ada');
      expect(after.some(({ id }) => id === added.id)).toBe(false);
    });

    it('knows of no load where there was none', async () => {
      const [snapshot] = await world.client.listSnapshots(access);
      const [location] = await world.client.searchLocations(access, { limit: 1 });
      expect(await world.client.snapshotLoad(access, snapshot!.id, location!.id)).toBeUndefined();
    });

    it('makes a person once, gives sub-accounts, and removes the person', async () => {
      const location = await world.client.createLocation(access, business());
      const email = business().prospect.email;
      const password = new Secret('Correct-horse-7-battery');
      const input = {
        firstName: 'Ines',
        lastName: 'Moreau',
        email,
        password,
        type: 'account',
        role: 'admin',
        locationIds: [] as string[],
      } as const;
      const user = await world.client.createUser(access, input);
      await expect(world.client.createUser(access, input)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'ghl-already-exists',
      });
      await world.client.setUserLocations(access, user.id, [location.id]);
      expect((await world.client.getUser(access, user.id)).locationIds).toEqual([location.id]);
      expect((await world.client.usersOfLocation(access, location.id)).map(({ id }) => id)).toEqual([user.id]);
      expect((await world.client.findUsersByEmail(access, [email]))[0]).toMatchObject({
        id: user.id,
        locationIds: [location.id],
      });
      await world.client.deleteUser(access, user.id);
      await world.eventually(async () =>
        (await world.client.findUsersByEmail(access, [email])).length === 0 ? true : undefined,
      );
    });

    it('names the faults of the input', async () => {
      const location = world.client.createLocation(access, { ...business(), country: 'USA' });
      await expect(location).rejects.toMatchObject({
        kind: 'validation',
        errors: [{ detail: expect.stringContaining('country') }],
      });
      const user = {
        firstName: 'A',
        lastName: 'B',
        email: business().prospect.email,
        type: 'account',
        role: 'user',
        locationIds: [] as string[],
      } as const;
      const weak = world.client.createUser(access, { ...user, password: new Secret('short') });
      await expect(weak).rejects.toMatchObject({ kind: 'validation', errors: [{ pointer: '/password' }] });
    });

    it('tells an unknown object, a wrong token and a forbidden deletion apart', async () => {
      const [location] = await world.client.searchLocations(access, { limit: 1 });
      await expect(world.client.getLocation(access, 'nowhere')).rejects.toMatchObject({ kind: 'not-found' });
      const stranger = { ...access, token: new Secret('not-a-token') };
      await expect(world.client.getLocation(stranger, location!.id)).rejects.toMatchObject({ kind: 'auth' });
      await expect(world.client.listCustomValues(access, location!.id)).rejects.toMatchObject({ kind: 'bug' });
      await expect(world.client.deleteLocation(access, location!.id)).rejects.toMatchObject({ kind: 'forbidden' });
    });

    it('answers a probe, and gives up when told to', async () => {
      await world.client.probe();
      const gone = world.client.listSnapshots(access, { signal: AbortSignal.abort() });
      await expect(gone).rejects.toMatchObject({ kind: 'transient', code: 'ghl-aborted' });
    });

    it('ends everything when the app is removed', async () => {
      await world.client.uninstall(access);
      await expect(world.client.listSnapshots(access)).rejects.toMatchObject({ kind: 'auth' });
    });
  });
}
