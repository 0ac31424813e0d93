import { mayConnect } from './origin-io.adapter.js';

const origins = ['https://console.example', 'http://localhost:3000'];

it.each([
  ['our own page', { origin: 'https://console.example', cookie: 'session=x' }, true],
  ['another site', { origin: 'https://evil.example', cookie: 'session=x' }, false],
  ['a site whose name begins like ours', { origin: 'https://console.example.evil' }, false],
  ['an opaque page', { origin: 'null', cookie: 'session=x' }, false],
  ['a program with a key', { authorization: 'Bearer sw_x' }, true],
  ['our own page, polling', { cookie: 'session=x', 'sec-fetch-site': 'same-origin' }, true],
  ['a page of a neighbour, polling', { cookie: 'session=x', 'sec-fetch-site': 'same-site' }, false],
  ['no origin but a cookie', { cookie: 'session=x' }, false],
  ['a key beside a cookie, without an origin', { cookie: 'session=x', authorization: 'Bearer sw_x' }, false],
  ['nobody', {}, false],
])('%s', (_who, headers, allowed) => {
  expect(mayConnect(headers, origins)).toBe(allowed);
});
