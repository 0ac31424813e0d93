import fc from 'fast-check';
import type { Operation } from './operations.js';
import { sampleOf } from './sample-of-schema.js';

export interface HostileRequest {
  path: string;
  body?: string | Buffer;
  headers: Record<string, string>;
}

/** Each has broken somebody's server. None may be slow here, or reach SQL as anything but a value. */
export const payloads = [
  ...[`'`, `' OR '1'='1`, `'; SELECT pg_sleep(3); --`, `1); DROP TABLE users; --`, `\\'; SELECT pg_sleep(3) --`],
  ...[`$1`, `$$`, `{}`, `a' || pg_sleep(3) || '`, `%_%_%_%`, `"; SELECT 1`, `{"$ne":null}`, `(SELECT pg_sleep(3))`],
  ...[
    '\u0000',
    'a\u0000b',
    '\ud800',
    'x\udc00y',
    '\ufeff',
    '\u202eabc',
    '\u2028',
    'e\u0301'.repeat(50),
    '🧨'.repeat(60),
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '../../etc/passwd',
    '..%2f..%2f',
    '%00',
    '%zz',
    '%c0%ae',
    '\r\nX-Injected: 1',
  ],
  ...['', ' ', '\t\n', '0', '-1', 'NaN', 'Infinity', 'null', 'undefined', 'true', '[object Object]', '1e309', '٣'],
  ...[
    '<script>alert(1)</script>',
    '${7*7}',
    '{{7*7}}',
    '=cmd|x',
    'a'.repeat(300),
    'a@'.repeat(5_000),
    '('.repeat(9_000),
  ],
  ...['2026-13-45T99:99:99Z', '9'.repeat(400), '00000000-0000-0000-0000-000000000000', 'x'.repeat(70_000)],
];

const text = fc.oneof(
  fc.constantFrom(...payloads),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 12 }),
);

const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: text },
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e308,
    2 ** 53,
    0.1,
    [],
    {},
    [[]],
    [null],
    { a: { b: 1 } },
    nested(20),
    nested(31),
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.array(text, { maxLength: 3 }),
  fc.constant(Array.from({ length: 3_000 }, (_, index) => `item ${index}`)),
);

function nested(depth: number): unknown {
  return depth === 0 ? 'deep' : { in: nested(depth - 1) };
}

/** Bodies that are not what their Content-Type says, or too much of it. */
const rawBodies: [body: string | Buffer, contentType?: string][] = [
  ...[
    '',
    '{',
    '[',
    '"',
    'null',
    '42',
    '"text"',
    '[]',
    '{}',
    '{"a":1}{"b":2}',
    '{"a":1,}',
    "{'a':1}",
    '\ufeff{}',
    'NaN',
  ].map((body): [string] => [body]),
  ['{"name":"a","name":"b","role":"viewer"}'],
  ['{"__proto__":{"role":"admin"},"name":"x","role":"viewer"}'],
  ['{"constructor":{"prototype":{"polluted":true}},"name":"x","role":"viewer"}'],
  [`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['['.repeat(10_000)],
  [`{"name":1e400,"role":${'9'.repeat(1_000)}}`],
  [Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  [Buffer.from('{"name":"x"}', 'utf16le'), 'application/json; charset=utf-16'],
  [Buffer.alloc(1_200_000, 'a')],
  ['name=x&role=admin', 'application/x-www-form-urlencoded'],
  ['--x\r\ncontent-disposition: form-data; name="name"\r\n\r\nx\r\n--x--', 'multipart/form-data; boundary=x'],
  ['{"name":"x"}', 'text/plain'],
  ['<name>x</name>', 'application/xml'],
  ['{"name":"x"}', 'application/json; charset=klingon'],
  ['{"name":"x"}', 'application/vnd.api+json'],
  ['{"name":"x"}', 'not a media type'],
  ['{"name":"x"}', ''],
];

/** Requests to this operation that nobody well-meaning sends; every id in `real` exists. */
export function hostileRequests(
  operation: Operation,
  components: Record<string, Record<string, unknown>>,
  real: readonly string[],
): fc.Arbitrary<HostileRequest> {
  const path = fc.tuple(pathOf(operation, real), queryOf(operation)).map(([address, query]) => address + query);
  return fc
    .tuple(path, bodyOf(operation, components), headersOf())
    .map(([address, { body, contentType }, headers]) => ({
      path: address,
      body,
      headers: { ...headers, ...(contentType !== undefined && { 'content-type': contentType }) },
    }));
}

function pathOf({ path }: Operation, real: readonly string[]): fc.Arbitrary<string> {
  if (!path.includes('{')) return fc.constantFrom(path, path, path, `${path}/`, `${path}//`, `${path}/..`, `/${path}`);
  const part = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...real) },
    fc.constantFrom('%zz', '%', '%00', '%c0%ae%c0%ae', '..', '.', '%2e%2e', 'a%2fb', ':id', '*', ';', '~', "'"),
    text.map(asPathPart),
  );
  return part.map((id) => path.replace(/\{\w+\}/, () => id));
}

/** Everything that the client itself would refuse to send is escaped. */
const asPathPart = (given: string) => encodeURIComponent(given.toWellFormed()).slice(0, 8_000);

function queryOf({ parameters }: Operation): fc.Arbitrary<string> {
  const known = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const strange = [
    '__proto__',
    'limit[]',
    'limit[$ne]',
    'a[__proto__][x]',
    'agencyId',
    '',
    'constructor[prototype][x]',
  ];
  const pair = fc
    .tuple(fc.constantFrom(...known, ...known, ...known, ...strange), text)
    .map(([name, given]) => `${encodeURIComponent(name)}=${asPathPart(given)}`);
  const broken = fc.constantFrom(
    '%',
    '%zz=1',
    '&&&',
    '=',
    '?',
    'limit=%',
    'cursor=%ff',
    'limit=1&limit=2',
    'a'.repeat(9_000),
  );
  return fc
    .array(fc.oneof({ weight: 5, arbitrary: pair }, broken), { maxLength: 3 })
    .map((pairs) => (pairs.length > 0 ? `?${pairs.join('&')}` : ''));
}

function bodyOf(
  { body: schema }: Operation,
  components: Record<string, Record<string, unknown>>,
): fc.Arbitrary<{ body?: string | Buffer; contentType?: string }> {
  const raw = fc.constantFrom(...rawBodies).map(([body, contentType]) => ({ body, contentType }));
  if (!schema) return fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, raw);
  const sample = sampleOf(schema, components);
  const places = placesIn(sample);
  const replaced = fc
    .array(fc.tuple(fc.constantFrom(...places), value), { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce<unknown>((now, [place, put]) => withValue(now, place, put), sample));
  const removed = fc.constantFrom(...places).map((place) => withValue(sample, place, undefined));
  const added = fc
    .tuple(text, value)
    .map(([name, put]) => (sample && typeof sample === 'object' ? { ...sample, [name]: put } : put));
  const json = fc
    .oneof({ weight: 5, arbitrary: replaced }, removed, added, value, fc.constant(sample))
    .map((body) => ({ body: JSON.stringify(body) ?? '' }));
  return fc.oneof({ weight: 5, arbitrary: json }, raw);
}

type Place = readonly (string | number)[];

function placesIn(value: unknown, at: Place = []): Place[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [at, ...inner.flatMap(([key, each]) => placesIn(each, [...at, key]))];
}

function withValue(whole: unknown, [first, ...rest]: Place, put: unknown): unknown {
  if (first === undefined) return put;
  if (typeof whole !== 'object' || whole === null) return whole;
  const inner = withValue((whole as Record<string, unknown>)[first], rest, put);
  return Array.isArray(whole)
    ? whole.map((each: unknown, index) => (String(index) === String(first) ? inner : each))
    : { ...whole, [first]: inner };
}

function headersOf(): fc.Arbitrary<Record<string, string>> {
  const printable = fc.string({ maxLength: 20 }).filter((given) => /^[\x20-\x7e]*$/.test(given));
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant({}) },
    fc.record({ 'idempotency-key': fc.oneof(printable, fc.constantFrom('', 'é', 'x'.repeat(201), 'fixed key')) }),
    fc.record({ 'last-event-id': fc.oneof(printable, fc.constantFrom('-1', '9'.repeat(30), 'x')) }),
    fc.record({ traceparent: printable, 'x-request-id': fc.oneof(printable, fc.constant('x'.repeat(5_000))) }),
    fc.record({
      accept: fc.constantFrom('text/html', '*/*;q=0', 'x', ''),
      'accept-encoding': fc.constantFrom('br', 'x', ''),
    }),
    fc.record({ 'if-none-match': printable, range: fc.constantFrom('bytes=0-0', 'bytes=-1', 'x') }),
    fc.record({ 'content-encoding': fc.constantFrom('gzip', 'br', 'x') }),
    fc.record({ 'x-http-method-override': fc.constantFrom('DELETE', 'TRACE'), 'x-forwarded-for': printable }),
    fc.record({ 'x-large': fc.constantFrom('x'.repeat(10_000), 'x'.repeat(20_000)) }),
  );
}
