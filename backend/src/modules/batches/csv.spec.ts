import fc from 'fast-check';
import { AppError } from '../../platform/errors/index.js';
import { decodeCsv } from '../../platform/http/index.js';
import { csvLine, harmless, restored } from './csv-cells.js';
import { lineColumn, mapColumns, missingFields, reasonColumn } from './map-columns.js';
import { delimiterOf, readTable } from './read-table.js';

const read = (csv: string) => readTable({ csv });
const codeOf = (act: Promise<unknown> | (() => unknown)) =>
  Promise.resolve(typeof act === 'function' ? new Promise((resolve) => resolve(act())) : act).then(
    () => 'none',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

describe('a cell', () => {
  it('is never a formula when it is written, and is itself again when it is read', () => {
    const hostile = fc.constantFrom('=1+1', '+1', '-1', '@x', '\tx', '\rx', "'=x", "''=x", "'x", '=cmd|x!A1', '');
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (cell) => {
        expect(harmless(cell)).not.toMatch(/^[=+\-@\t\r]/);
        expect(restored(harmless(cell))).toBe(cell);
      }),
    );
  });
});

describe('a file', () => {
  const cell = fc
    .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a,b', 'a;b', 'a"b', 'a\nb', 'a\r\nb', '=1', "'=1", ' x '))
    .filter((text) => !text.includes('\u0000') && text.isWellFormed());

  it('that we wrote is read as it was, with every separator, also with newlines and quotes in its cells', async () => {
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(',', ';', '\t'), fc.boolean(), async (cells, delimiter, marked) => {
        const told = cells.filter((row) => row.some((each) => each.trim() !== ''));
        fc.pre(told.length > 0);
        const lines = [['Name', 'Email', 'Phone'], ...cells].map((row) => csvLine(row, delimiter)).join('');
        const table = await read((marked ? '\ufeff' : '') + lines);
        expect(table.columns).toEqual(['Name', 'Email', 'Phone']);
        expect(table.delimiter).toBe(delimiter);
        expect(table.rows.map((row) => row.cells)).toEqual(told);
      }),
      { numRuns: 200 },
    );
  });

  it('is told line by line, also after blank lines and cells of several lines', async () => {
    const { rows } = await read('Name,Email\r\n\r\n"Two\nlines",a@b.example\r\n\r\nNext,c@d.example\r\n');
    expect(rows).toEqual([
      { line: 3, cells: ['Two\nlines', 'a@b.example'] },
      { line: 6, cells: ['Next', 'c@d.example'] },
    ]);
  });

  it('may say its separator, end its rows with empty cells, and have short rows', async () => {
    const { columns, rows } = await read('sep=;\nName;Email;;\nAcme;a@b.example;;\nShort\n');
    expect(columns).toEqual(['Name', 'Email']);
    expect(rows).toEqual([
      { line: 3, cells: ['Acme', 'a@b.example'] },
      { line: 4, cells: ['Short', ''] },
    ]);
  });

  it('of another separator is not taken apart by those in its quotes', () => {
    expect(delimiterOf('"a,b,c";d\n')).toBe(';');
    expect(delimiterOf('\n\nName\tEmail\tPhone, all')).toBe('\t');
    expect(delimiterOf('Name')).toBe(',');
  });

  it('with a fault is refused in words', async () => {
    expect(await codeOf(read(''))).toBe('csv-empty');
    expect(await codeOf(read('Name,Email\n'))).toBe('csv-empty');
    expect(await codeOf(read('Acme,a@b.example,+14155550100\n'))).toBe('csv-no-header');
    expect(await codeOf(read('Name,name \nAcme,b\n'))).toBe('csv-duplicate-header');
    expect(await codeOf(read('Name,Email\n"Acme,a@b.example\n'))).toBe('csv-malformed');
    expect(await codeOf(read(`${Array.from({ length: 201 }, (_, n) => `c${n}`).join(',')}\nx\n`))).toBe('csv-too-wide');
    expect(await codeOf(read(`Name,Email\n${'Acme,a@b.example\n'.repeat(10_001)}`))).toBe('csv-too-many-rows');
  });

  it('far too long is refused at its ten-thousand-first row, not read to its end', async () => {
    const rows = `Name,Email\n${'Acme,a@b.example\n'.repeat(10_001)}`;
    // Never closed: a reader that went on would complain of this instead.
    expect(await codeOf(read(`${rows}${'x'.repeat(500_000)}\n"`))).toBe('csv-too-many-rows');
  });
});

describe('bytes', () => {
  const text = 'Name,Email\nMüller,a@b.example\n';

  it('are read as UTF-8 with and without its mark, and as UTF-16 by its mark', () => {
    const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
    expect(decodeCsv(Buffer.from(text))).toEqual({ csv: text, encoding: 'utf-8' });
    expect(decodeCsv(Buffer.from(`\ufeff${text}`))).toEqual({ csv: text, encoding: 'utf-8' });
    expect(decodeCsv(utf16)).toEqual({ csv: text, encoding: 'utf-16le' });
    expect(decodeCsv(Buffer.from(utf16).swap16())).toEqual({ csv: text, encoding: 'utf-16be' });
  });

  it('of another kind are refused', async () => {
    for (const bytes of [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf16le'), Buffer.from('PK\u0003\u0004…')])
      expect(await codeOf(() => decodeCsv(bytes))).toBe('csv-encoding');
  });
});

describe('columns', () => {
  const targetsOf = (...names: string[]) => mapColumns(names, {}).map(({ target }) => target);

  it('are recognised as people name them', () => {
    expect(targetsOf('Business Name', 'E-mail address', 'Telephone', 'ZIP', 'Time Zone', 'Shoe size')).toEqual([
      ...['name', 'email', 'phone', 'postalCode', 'timezone', null],
    ]);
    expect(targetsOf('value:Booking Link', 'cv: Promo', 'User email', 'User 2 First Name')).toEqual([
      ...['value:Booking Link', 'value:Promo', 'user:1:email', 'user:2:firstName'],
    ]);
  });

  it('follow a person before their header, and no field is taken twice', () => {
    const mapped = mapColumns(['Company', 'Client', 'Mail'], { Client: 'name', Mail: 'ignore' });
    expect(mapped.map(({ target, mappedBy }) => [target, mappedBy])).toEqual([
      [null, null],
      ['name', 'person'],
      ['ignore', 'person'],
    ]);
    expect(missingFields(mapped)).toEqual(['email']);
  });

  it('that we added to a file of bad rows are gone when it comes back', async () => {
    const { columns, rows } = await read(`Name,${reasonColumn},Email,${lineColumn}\nAcme,why,a@b.example,7\n`);
    expect([columns, rows[0].cells]).toEqual([
      ['Name', 'Email'],
      ['Acme', 'a@b.example'],
    ]);
  });
});
