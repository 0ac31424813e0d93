import { type ChainedEntry, GENESIS, hashOfEntry } from './audit-chain.js';
import { entryLine, headLine, verifyExport } from './verify-export.js';

const agencyId = '0198c0de-0000-7000-8000-00000000000a';

function aChain(length: number): ChainedEntry[] {
  const chain: ChainedEntry[] = [];
  for (let seq = 1; seq <= length; seq++) {
    const prev = chain.at(-1)?.hash ?? GENESIS.hash;
    const entry = {
      agencyId,
      seq,
      at: `2026-01-01T00:00:0${seq % 10}.000000Z`,
      actor: 'system',
      action: 'test',
      object: null,
      outcome: 'ok',
      data: { b: seq, a: ['x'] },
      prev,
    };
    chain.push({ ...entry, hash: hashOfEntry(entry) });
  }
  return chain;
}

const chain = aChain(20);
const head = headLine(agencyId, { seq: 20, hash: chain[19].hash });
const verify = (entries: ChainedEntry[], end = head) => verifyExport([...entries.map(entryLine), end]);

it('accepts a chain as it was written, whatever the order of keys', async () => {
  const turned = chain.map((entry) => ({ ...entry, data: { a: entry.data.a, b: entry.data.b } }));
  expect(await verify(turned)).toEqual({ intact: true, entries: 20, headHash: chain[19].hash, firstBad: null });
  expect(await verify([], headLine(agencyId, GENESIS))).toMatchObject({ intact: true, entries: 0 });
});

it.each([
  ['actor', { actor: 'user:1' }],
  ['time', { at: '2026-01-01T00:00:07.000001Z' }],
  ['data', { data: { b: 8, a: ['x'] } }],
  ['outcome', { outcome: 'denied' }],
  ['agency', { agencyId: '0198c0de-0000-7000-8000-00000000000b' }],
])('finds a changed %s and names the entry', async (_what, change) => {
  expect(await verify(chain.with(6, { ...chain[6], ...change }))).toMatchObject({
    intact: false,
    firstBad: { seq: 7 },
  });
});

it('finds an entry that was changed together with its hash', async () => {
  const forged = { ...chain[6], actor: 'user:1' };
  const rehashed = { ...forged, hash: hashOfEntry(forged) };
  expect(await verify(chain.with(6, rehashed))).toMatchObject({
    firstBad: { seq: 8, reason: expect.stringContaining('follow') },
  });
});

it('finds removed, swapped, repeated and cut-off entries', async () => {
  expect(await verify(chain.toSpliced(6, 1))).toMatchObject({ firstBad: { seq: 7, reason: 'The entry is missing.' } });
  expect(await verify(chain.slice(1))).toMatchObject({ firstBad: { seq: 1 } });
  expect(await verify(chain.with(6, chain[7]).with(7, chain[6]))).toMatchObject({
    intact: false,
    firstBad: { seq: 7 },
  });
  expect(await verify(chain.toSpliced(6, 0, chain[5]))).toMatchObject({ firstBad: { seq: 6 } });
  expect(await verify(chain.slice(0, 15))).toMatchObject({ firstBad: { seq: 16 } });
  expect(await verify(chain, headLine(agencyId, { seq: 19, hash: chain[18].hash }))).toMatchObject({
    firstBad: { seq: 20 },
  });
});

it('finds a new chain behind an old head', async () => {
  const other = aChain(20).map((entry) => ({ ...entry, actor: 'user:1' }));
  let prev = GENESIS.hash;
  const rewritten = other.map((entry) => {
    const linked = { ...entry, prev };
    prev = hashOfEntry(linked);
    return { ...linked, hash: prev };
  });
  expect(await verify(rewritten)).toMatchObject({
    intact: false,
    firstBad: { seq: 20, reason: expect.stringContaining('head') },
  });
});

it('refuses a file without its end, and lines that are no entries', async () => {
  expect(await verifyExport(chain.map(entryLine))).toMatchObject({ intact: false, firstBad: { seq: 21 } });
  expect(await verifyExport(['{"seq":1}', head])).toMatchObject({ intact: false, firstBad: { seq: 1 } });
  expect(await verifyExport([entryLine(chain[0]), 'nonsense', head])).toMatchObject({
    intact: false,
    firstBad: { seq: 2 },
  });
});
