import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { endpoints } from './ghl-endpoints.js';
import { Secret } from '../../platform/crypto/secret.js';
import { aClient, connect, consent, eventually, quickSimulator, redirectUri } from './testing/simulated-world.js';

/*
 * Every request the client makes, held against HighLevel's published document. The document is test data beside
 * the repository; without it this suite is skipped.
 */
const file = resolve(import.meta.dirname, '../../../../../shared/contracts/gohighlevel/ghl-provisioning.json');
const suite = existsSync(file) ? describe : describe.skip;

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: object;
}
interface Operation {
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema: object }> };
  security?: Record<string, string[]>[];
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
}
interface Sent {
  method: string;
  url: URL;
  headers: Headers;
  body: string | URLSearchParams | undefined;
}

suite('every request fits the published document', () => {
  const document = JSON.parse(existsSync(file) ? readFileSync(file, 'utf8') : '{}') as Document;
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: true });
  addFormats.default(ajv);
  ajv.addSchema({ ...document, $id: 'doc' });

  const faultsIn = (schema: object, value: unknown): string[] => {
    const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"doc#')) as object;
    const validate: ValidateFunction = ajv.compile(absolute);
    return validate(value) ? [] : validate.errors!.map((error) => `${error.instancePath} ${error.message}`);
  };

  /** The documents do not forbid unknown properties, but HighLevel does. */
  const unknownIn = (schema: object, value: Record<string, unknown>): string[] => {
    const ref = (schema as { $ref?: string }).$ref;
    const known = ref
      ? (ajv.getSchema(`doc${ref}`)!.schema as { properties: object })
      : (schema as { properties: object });
    return Object.keys(value).filter((name) => !(name in known.properties));
  };

  const operationOf = ({ method, url }: Sent): { template: string; operation: Operation } | undefined => {
    const fits = Object.keys(document.paths).filter((path) =>
      new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(url.pathname),
    );
    const template = fits
      .sort((a, b) => a.split('{').length - b.split('{').length)
      .find((path) => document.paths[path]![method.toLowerCase()]);
    return template ? { template, operation: document.paths[template]![method.toLowerCase()]! } : undefined;
  };

  const faultsOf = (sent: Sent): string[] => {
    const found = operationOf(sent);
    if (!found) return ['the document has no such operation'];
    const { parameters = [], requestBody, security } = found.operation;
    const faults: string[] = [];
    for (const { name, in: place, required, schema } of parameters.filter((one) => one.in !== 'path')) {
      const value = place === 'query' ? sent.url.searchParams.get(name) : sent.headers.get(name);
      if (value === null) faults.push(...(required ? [`${place} ${name} is missing`] : []));
      else
        faults.push(
          ...faultsIn({ type: 'object', properties: { value: schema } }, { value }).map(
            (fault) => `${place} ${name}${fault}`,
          ),
        );
    }
    const knownQuery = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    faults.push(
      ...[...sent.url.searchParams.keys()]
        .filter((name) => !knownQuery.includes(name))
        .map((name) => `query ${name} is unknown`),
    );
    if (security?.length && !sent.headers.get('authorization')?.startsWith('Bearer '))
      faults.push('authorization is missing');
    if (!requestBody) return sent.body === undefined ? faults : [...faults, 'a body is not expected'];
    const isForm = sent.body instanceof URLSearchParams;
    const content = requestBody.content[isForm ? 'application/x-www-form-urlencoded' : 'application/json'];
    if (!content) return [...faults, 'the body has the wrong content type'];
    if (!isForm && sent.headers.get('content-type') !== 'application/json') faults.push('content-type is not JSON');
    const body = (
      isForm ? Object.fromEntries(sent.body as URLSearchParams) : JSON.parse((sent.body as string | undefined) ?? '{}')
    ) as Record<string, unknown>;
    return [
      ...faults,
      ...faultsIn(content.schema, body),
      ...unknownIn(content.schema, body).map((name) => `body ${name} is unknown`),
    ];
  };

  it('over the whole port', async () => {
    const sent: Sent[] = [];
    const recording: typeof fetch = (input, init) => {
      const body = init!.body as Sent['body'];
      sent.push({ method: init!.method!, url: new URL(String(input)), headers: new Headers(init!.headers), body });
      return fetch(input, init);
    };
    const simulator = await quickSimulator({ allowLocationDelete: true });
    const client = aClient(simulator.url, { fetch: recording });
    const access = await connect(client);
    const { refreshToken } = await client.exchangeCode((await consent(client)).code, redirectUri);
    await client.refreshGrant(refreshToken, 'Company');
    await client.installedLocations(access, { skip: 0, limit: 20 });
    await client.getCompany(access);
    const [snapshot] = await client.listSnapshots(access);
    const location = await client.createLocation(access, {
      ...{
        name: 'Fern & Field',
        phone: '+12065550100',
        address: '1 A St',
        city: 'Seattle',
        state: 'WA',
        postalCode: '98101',
      },
      ...{ country: 'US', website: 'https://fern.example', timezone: 'America/Los_Angeles', snapshotId: snapshot!.id },
      prospect: { firstName: 'Ines', lastName: 'Moreau', email: 'ines@fern.example' },
    });
    await client.getLocation(access, location.id);
    await client.searchLocations(access, { email: 'ines@fern.example', order: 'desc' });
    await client.updateLocation(access, location.id, { website: 'https://field.example' });
    await client.loadSnapshot(access, location.id, snapshot!.id);
    await client.snapshotLoads(access, snapshot!.id, { from: new Date(0), to: new Date() });
    await client.snapshotLoad(access, snapshot!.id, location.id);
    const token = await eventually(() => client.mintLocationToken(access, location.id).catch(() => undefined));
    const inside = { ...access, token: token.accessToken, holder: 'Location' as const, locationId: location.id };
    const value = await client.createCustomValue(inside, location.id, { name: 'Extra', value: '1' });
    await client.updateCustomValue(inside, location.id, value.id, { name: 'Extra', value: '2' });
    await client.listCustomValues(inside, location.id);
    await client.deleteCustomValue(inside, location.id, value.id);
    const person = {
      firstName: 'Ines',
      lastName: 'Moreau',
      email: 'ines@fern.example',
      password: new Secret('Correct-horse-7-battery'),
    };
    const user = await client.createUser(access, {
      ...person,
      type: 'account',
      role: 'admin',
      locationIds: [location.id],
    });
    await client.findUsersByEmail(access, [person.email]);
    await client.usersOfLocation(access, location.id);
    await client.getUser(access, user.id);
    await client.setUserLocations(access, user.id, [location.id]);
    await client.deleteUser(access, user.id);
    await client.deleteLocation(access, location.id);
    await client.uninstall(access);
    await simulator.stop();

    const operations = new Set(sent.map((one) => `${one.method} ${operationOf(one)?.template ?? one.url.pathname}`));
    const ours = Object.values(endpoints).map(({ method, path }) => `${method} ${path}`);
    expect([...operations].sort()).toEqual([...new Set(ours)].sort());
    const faults = sent
      .map((one) => ({ request: `${one.method} ${one.url.pathname}`, faults: faultsOf(one) }))
      .filter((one) => one.faults.length > 0);
    expect(faults).toEqual([]);
  });
});
