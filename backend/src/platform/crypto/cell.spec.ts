import { randomBytes } from 'node:crypto';
import { kidOf, openCell, sealCell } from './cell.js';

const key = randomBytes(32);
const place = { table: 'ghl_connections', column: 'access_cell', row: 'r|1' };
const seal = (clear = 'a token') => sealCell(key, 'k-1', 'agency-a', place, Buffer.from(clear));

it('opens where it was sealed', () => {
  expect(openCell(key, 'agency-a', place, seal('grüße')).toString()).toBe('grüße');
  expect(seal()).toMatch(/^v1\.k-1\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/);
  expect(kidOf(seal())).toBe('k-1');
});

it('looks different every time', () => {
  expect(new Set(Array.from({ length: 1_000 }, () => seal())).size).toBe(1_000);
});

it.each([
  ['another row', 'agency-a', { ...place, row: 'r|2' }],
  ['another column', 'agency-a', { ...place, column: 'refresh_cell' }],
  ['another table', 'agency-a', { ...place, table: 'vault_keys' }],
  ['another agency', 'agency-b', place],
])('does not open in %s', (_where, agency, elsewhere) => {
  expect(() => openCell(key, agency, elsewhere, seal())).toThrow(
    expect.objectContaining({ code: 'vault-cell-tampered' }),
  );
});

it('does not open with a byte changed, whichever', () => {
  const parts = seal().split('.');
  for (const index of [2, 3, 4]) {
    const bytes = Buffer.from(parts[index], 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] ^= 1;
      const cell = parts.with(index, changed.toString('base64url')).join('.');
      expect(() => openCell(key, 'agency-a', place, cell)).toThrow(
        expect.objectContaining({ code: 'vault-cell-tampered' }),
      );
    }
  }
});

it('does not open under another key id', () => {
  expect(() => openCell(key, 'agency-a', place, seal().replace('k-1', 'k-2'))).toThrow(
    expect.objectContaining({ code: 'vault-cell-tampered' }),
  );
});

it.each(['', 'plain text', 'v2.k.a.b.c', 'v1.k.AAAA.AAAA.AAAA', 'v1.k k.AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA'])(
  'refuses %j as a cell',
  (cell) => {
    expect(() => openCell(key, 'agency-a', place, cell)).toThrow(
      expect.objectContaining({ code: 'vault-cell-malformed' }),
    );
  },
);

it('refuses a shortened tag', () => {
  const parts = seal().split('.');
  const short = parts.with(4, Buffer.from(parts[4], 'base64url').subarray(0, 12).toString('base64url')).join('.');
  expect(() => openCell(key, 'agency-a', place, short)).toThrow(
    expect.objectContaining({ code: 'vault-cell-malformed' }),
  );
});
