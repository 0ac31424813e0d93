import { AppError, breakerOpen } from '../../platform/errors/index.js';
import { fateOf } from './ghl-breaker.js';
import { ghlFailure, ghlRefusal } from './ghl-errors.js';
import type { GhlAsked } from './ghl-errors.js';

const write: GhlAsked = { name: 'createLocation', effect: 'write', scope: 'locations.write' };
const read: GhlAsked = { name: 'getLocation', effect: 'read', scope: 'locations.readonly' };
const mint: GhlAsked = { name: 'mintLocationToken', effect: 'read', scope: 'oauth.write' };
const refresh: GhlAsked = { name: 'refreshGrant', effect: 'write' };
const remove: GhlAsked = { name: 'deleteLocation', effect: 'write', scope: 'locations.internal-access-only' };

const refusal = (status: number, body: unknown, headers: Record<string, string> = {}, tokenExpired = false) => ({
  status,
  headers: new Headers(headers),
  body: typeof body === 'string' ? body : JSON.stringify(body),
  tokenExpired,
});
const says = (message: string | string[], statusCode = 400) => ({ statusCode, message, traceId: 'tr-1' });

describe('the meaning of a refusal', () => {
  const good = false;
  const expired = true;
  it.each<[string, GhlAsked, number, unknown, boolean, string, string]>([
    ['a bad token', read, 401, says('Invalid JWT'), good, 'auth', 'ghl-token-refused'],
    [
      'a bad token in other words',
      read,
      401,
      says('Invalid token: access token is invalid'),
      good,
      'auth',
      'ghl-token-refused',
    ],
    ['a bad private token', read, 401, says('Invalid Private Integration token'), good, 'auth', 'ghl-token-refused'],
    ['an unexplained 401 with an expired token', read, 401, says('Unauthorized'), expired, 'auth', 'ghl-token-expired'],
    ['an unexplained 401 with a good token', read, 401, says('Unauthorized'), good, 'forbidden', 'ghl-refused'],
    [
      'a missing scope',
      write,
      401,
      says('The token is not authorized for this scope.'),
      good,
      'forbidden',
      'ghl-scope-missing',
    ],
    [
      'a missing scope with an expired token',
      write,
      401,
      says('The token is not authorized for this scope.'),
      expired,
      'forbidden',
      'ghl-scope-missing',
    ],
    [
      'a wrong path',
      read,
      401,
      says('This route is not yet supported by the IAM Service. Please update'),
      good,
      'bug',
      'ghl-wrong-token-class',
    ],
    [
      'a wrong token class',
      read,
      403,
      says('This AuthClass is not yet supported'),
      good,
      'bug',
      'ghl-wrong-token-class',
    ],
    [
      'a wrong sub-account',
      read,
      401,
      says('This location is not accessible from this token.'),
      good,
      'forbidden',
      'ghl-wrong-location',
    ],
    [
      'a wrong sub-account in other words',
      read,
      403,
      says('The token does not have access to this location.'),
      good,
      'forbidden',
      'ghl-wrong-location',
    ],
    ['an inactive sub-account', mint, 400, says('Location is not active'), good, 'forbidden', 'ghl-location-inactive'],
    [
      'a sub-account without the app',
      mint,
      400,
      says('App is not installed on this location'),
      good,
      'not-found',
      'ghl-app-not-installed',
    ],
    ['an unexplained refusal to mint', mint, 403, says('Forbidden'), good, 'not-found', 'ghl-app-not-installed'],
    [
      'a used refresh token',
      refresh,
      400,
      { error: 'invalid_grant', error_description: 'used' },
      good,
      'auth',
      'ghl-invalid-grant',
    ],
    [
      'a used refresh token in other words',
      refresh,
      401,
      says('Invalid refresh token'),
      good,
      'auth',
      'ghl-invalid-grant',
    ],
    [
      'a wrong client secret',
      refresh,
      401,
      { error: 'invalid_client', message: 'Invalid client' },
      good,
      'bug',
      'ghl-client-refused',
    ],
    [
      'a deletion',
      remove,
      401,
      says('The token is not authorized for this scope.'),
      good,
      'forbidden',
      'ghl-scope-missing',
    ],
    [
      'too small a plan',
      write,
      403,
      says('This is only available on Agency Pro ($497) plan'),
      good,
      'forbidden',
      'ghl-plan-required',
    ],
    ['an e-mail in use', write, 400, says('Email already exists'), good, 'conflict', 'ghl-already-exists'],
    ['a conflict', write, 409, says('busy'), good, 'conflict', 'ghl-conflict'],
    ['a removed endpoint', write, 400, says('API endpoint has been removed'), good, 'bug', 'ghl-no-such-endpoint'],
    ['a path of another version', read, 404, says('Cannot GET /locations/x'), good, 'bug', 'ghl-no-such-endpoint'],
    ['a missing object', read, 404, says('Location not found'), good, 'not-found', 'ghl-not-found'],
    ['a bad request', write, 400, says('phone is invalid'), good, 'validation', 'ghl-validation'],
    ['an unprocessable entity', write, 422, says(['name should not be empty']), good, 'validation', 'ghl-validation'],
    ['a large body', write, 413, 'nope', good, 'too-large', 'ghl-too-large'],
    ['a wrong method', write, 405, says('no'), good, 'bug', 'ghl-unexpected-status'],
    ['a server error after a write', write, 500, says('boom'), good, 'unknown-outcome', 'ghl-unavailable'],
    ['a gateway error after a write', write, 503, '<html>upstream</html>', good, 'unknown-outcome', 'ghl-unavailable'],
    ['a server error after a refresh', refresh, 502, '', good, 'unknown-outcome', 'ghl-unavailable'],
    ['a server error after a read', read, 500, says('boom'), good, 'transient', 'ghl-unavailable'],
    ['a redirected write', write, 302, '', good, 'unknown-outcome', 'ghl-redirected'],
    ['a redirected read', read, 302, '', good, 'bug', 'ghl-redirected'],
  ])('%s', (_, asked, status, body, tokenExpired, kind, code) => {
    expect(ghlRefusal(asked, refusal(status, body, {}, tokenExpired))).toMatchObject({ kind, code });
  });

  it('names the missing scope', () => {
    expect(ghlRefusal(write, refusal(401, says('The token is not authorized for this scope.'))).detail).toContain(
      'locations.write',
    );
  });

  it('keeps every fault of the input', () => {
    const error = ghlRefusal(
      write,
      refusal(422, says(['property foo should not exist', 'prospectInfo.email must be an email'])),
    );
    expect(error.errors).toEqual([
      { pointer: '/foo', detail: 'property foo should not exist' },
      { pointer: '/prospectInfo/email', detail: 'prospectInfo.email must be an email' },
    ]);
  });

  it('keeps status, trace and the beginning of the message as evidence', () => {
    const error = ghlRefusal(read, refusal(404, says('x'.repeat(10) + ' y'.repeat(400))));
    expect(error.evidence).toMatchObject({ status: 404, traceId: 'tr-1' });
    expect((error.evidence!.message as string).length).toBe(300);
  });

  it('shows no credential', () => {
    const body = says('Bearer abcdefghij123 eyJhbGciOi.eyJzdWIi.sig refresh_token=rt-12345 my-own-secret pit-11-22');
    const error = ghlRefusal(read, { ...refusal(400, body), secrets: ['my-own-secret'] });
    const all = JSON.stringify({ ...error, detail: error.detail, message: error.message });
    for (const secret of ['abcdefghij123', 'eyJ', 'rt-12345', 'my-own-secret', 'pit-11'])
      expect(all).not.toContain(secret);
  });
});

describe('how long a 429 asks us to wait', () => {
  it.each<[string, Record<string, string>, string, number]>([
    ['no header', {}, 'ghl-rate-limited', 10_000],
    ['the interval', { 'x-ratelimit-interval-milliseconds': '7000' }, 'ghl-rate-limited', 7_000],
    ['Retry-After', { 'retry-after': '3', 'x-ratelimit-interval-milliseconds': '7000' }, 'ghl-rate-limited', 3_000],
    ['the day is used up', { 'x-ratelimit-daily-remaining': '0' }, 'ghl-daily-limit', 3_600_000],
    [
      'the day with its end',
      { 'x-ratelimit-daily-remaining': '0', 'x-ratelimit-daily-reset': '5000000' },
      'ghl-daily-limit',
      5_000_000,
    ],
  ])('%s', (_, headers, code, retryAfterMs) => {
    expect(ghlRefusal(write, refusal(429, '', headers))).toMatchObject({ kind: 'rate-limited', code, retryAfterMs });
  });
});

describe('the meaning of no answer', () => {
  const failed = (code: string, syscall?: string) =>
    Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(code), { code, syscall }) });

  it.each<[string, string | undefined, string]>([
    ['ENOTFOUND', 'getaddrinfo', 'transient'],
    ['EAI_AGAIN', 'getaddrinfo', 'transient'],
    ['ECONNREFUSED', 'connect', 'transient'],
    ['ETIMEDOUT', 'connect', 'transient'],
    ['UND_ERR_CONNECT_TIMEOUT', undefined, 'transient'],
    ['CERT_HAS_EXPIRED', undefined, 'transient'],
    ['ETIMEDOUT', 'read', 'unknown-outcome'],
    ['ECONNRESET', undefined, 'unknown-outcome'],
    ['EPIPE', 'write', 'unknown-outcome'],
    ['UND_ERR_SOCKET', undefined, 'unknown-outcome'],
  ])('%s at %s of a write', (code, syscall, kind) => {
    expect(ghlFailure(write, failed(code, syscall)).kind).toBe(kind);
    expect(ghlFailure(read, failed(code, syscall)).kind).toBe('transient');
  });

  it('looks into the error of several addresses', () => {
    const errors = [Object.assign(new Error('a'), { code: 'ECONNREFUSED', syscall: 'connect' })];
    const several = Object.assign(new TypeError('fetch failed'), { cause: new AggregateError(errors) });
    expect(ghlFailure(write, several)).toMatchObject({ kind: 'transient', code: 'ghl-unreachable' });
  });

  it('tells the deadline and the caller apart', () => {
    expect(ghlFailure(write, new Error('x'), 'deadline')).toMatchObject({
      kind: 'unknown-outcome',
      code: 'ghl-timeout',
    });
    expect(ghlFailure(write, new Error('x'), 'caller')).toMatchObject({ kind: 'unknown-outcome', code: 'ghl-aborted' });
    expect(ghlFailure(read, new Error('x'), 'deadline')).toMatchObject({ kind: 'transient', code: 'ghl-timeout' });
  });
});

describe('what a failure tells of HighLevel', () => {
  it.each<[string, AppError, string]>([
    ...[400, 401, 403, 404, 409, 413, 422, 429].map((status): [string, AppError, string] => [
      `${status}`,
      ghlRefusal(write, refusal(status, says('no'))),
      'answered',
    ]),
    ...[500, 502, 503, 504].flatMap((status): [string, AppError, string][] => [
      [`${status} to a write`, ghlRefusal(write, refusal(status, '')), 'lost'],
      [`${status} to a read`, ghlRefusal(read, refusal(status, '')), 'lost'],
    ]),
    ['no answer in time', ghlFailure(read, new Error('x'), 'deadline'), 'lost'],
    ['a broken connection', ghlFailure(write, new Error('x')), 'lost'],
    [
      'no connection',
      ghlFailure(read, Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall: 'connect' })),
      'lost',
    ],
    ['a call that we gave up', ghlFailure(write, new Error('x'), 'caller'), 'untold'],
    ['a breaker that is open', breakerOpen('Held back.', {}), 'untold'],
    [
      'a budget that is spent',
      new AppError('rate-limited', 'ghl-budget-spent', '', { evidence: { sent: false } }),
      'untold',
    ],
  ])('%s', (_, failure, fate) => {
    expect(fateOf(failure)).toBe(fate);
  });
});
