import { Clock } from '../../platform/clock/clock.js';
import { Secret } from '../../platform/crypto/secret.js';
import { endpoints } from './ghl-endpoints.js';
import { GhlRateBudget } from './ghl-rate-budget.js';
import type { GhlSimulator } from './ghl.simulator.js';
import { MemoryRateLedger } from './rate/memory-rate-ledger.js';
import type { Wants } from './rate/rate-rules.js';
import { aClient, connect, consent, quickSimulator, redirectUri, SimControl } from './testing/simulated-world.js';

/** Notes whose budget was asked, and gives it. */
class NotingLedger extends MemoryRateLedger {
  readonly asked: string[] = [];
  override ask(resource: string, wants: Wants) {
    this.asked.push(resource);
    return super.ask(resource, wants);
  }
}

describe('every endpoint spends the budget from which HighLevel takes it', () => {
  let simulator: GhlSimulator;
  afterEach(() => simulator.stop());

  it('as the simulator counts', async () => {
    simulator = await quickSimulator({ allowLocationDelete: true });
    const control = new SimControl(simulator.url);
    const clock = new Clock();
    const ledger = new NotingLedger(clock);
    const client = aClient(simulator.url, { budget: new GhlRateBudget({ clock, ledger }) });
    const company = await connect(client);
    const [snapshot] = await client.listSnapshots(company);
    const location = await client.createLocation(company, { name: 'Bright Smile', snapshotId: snapshot!.id });
    // The app reaches a new sub-account a moment after it is made.
    const mint = () => client.mintLocationToken(company, location.id).catch(() => undefined);
    let minted = await mint();
    for (let tries = 0; !minted && tries < 50; tries++) {
      await clock.sleep(50);
      minted = await mint();
    }
    const ofLocation = {
      ...{ token: minted!.accessToken, holder: 'Location' as const, expiresAt: minted!.expiresAt },
      ...{ companyId: company.companyId, locationId: location.id },
    };
    const person = {
      firstName: 'Ann',
      lastName: 'Lee',
      email: 'ann@people.example',
      password: new Secret('A1!a5678901b'),
    };
    const user = await client.createUser(company, {
      ...person,
      type: 'account',
      role: 'user',
      locationIds: [location.id],
    });
    const value = await client.createCustomValue(ofLocation, location.id, { name: 'Colour', value: 'red' });
    const period = { from: new Date(0), to: new Date(Date.now() + 86_400_000) };
    const { refreshToken } = await client.exchangeCode((await consent(client)).code, redirectUri);

    const calls: Record<keyof typeof endpoints, () => Promise<unknown>> = {
      exchangeCode: async () => client.exchangeCode((await consent(client)).code, redirectUri),
      refreshGrant: () => client.refreshGrant(refreshToken, 'Company'),
      mintLocationToken: () => client.mintLocationToken(company, location.id),
      installedLocations: () => client.installedLocations(company, { skip: 0, limit: 1 }),
      getCompany: () => client.getCompany(company),
      createLocation: () => client.createLocation(company, { name: 'Bright Smile Two' }),
      getLocation: () => client.getLocation(ofLocation, location.id),
      searchLocations: () => client.searchLocations(company, { limit: 1 }),
      updateLocation: () => client.updateLocation(company, location.id, { city: 'Austin' }),
      listSnapshots: () => client.listSnapshots(company),
      loadSnapshot: () => client.loadSnapshot(company, location.id, snapshot!.id),
      snapshotLoads: () => client.snapshotLoads(company, snapshot!.id, period),
      snapshotLoad: () => client.snapshotLoad(company, snapshot!.id, location.id),
      listCustomValues: () => client.listCustomValues(ofLocation, location.id),
      createCustomValue: () => client.createCustomValue(ofLocation, location.id, { name: 'Size', value: 'big' }),
      updateCustomValue: () =>
        client.updateCustomValue(ofLocation, location.id, value.id, { name: 'Colour', value: 'blue' }),
      deleteCustomValue: () => client.deleteCustomValue(ofLocation, location.id, value.id),
      findUsersByEmail: () => client.findUsersByEmail(company, [person.email]),
      usersOfLocation: () => client.usersOfLocation(ofLocation, location.id),
      getUser: () => client.getUser(company, user.id),
      createUser: () =>
        client.createUser(company, {
          ...person,
          ...{ email: 'bob@people.example', type: 'account', role: 'user', locationIds: [location.id] },
        }),
      setUserLocations: () => client.setUserLocations(company, user.id, [location.id]),
      deleteUser: () => client.deleteUser(company, user.id),
      deleteLocation: () => client.deleteLocation(company, location.id),
      uninstall: () => client.uninstall(company),
    };
    for (const [name, call] of Object.entries(calls)) {
      const before = (await control.journal()).length;
      ledger.asked.length = 0;
      await call();
      const counted = (await control.journal()).slice(before).flatMap(({ resource }) => (resource ? [resource] : []));
      // HighLevel names an app and a holder; between them we name the agency, whose people see the incident.
      const asked = [...new Set(ledger.asked)].map((resource) =>
        [resource.split('/')[0], resource.split('/').at(-1)].join('/'),
      );
      expect([name, asked]).toEqual([name, counted]);
    }
  });
});
