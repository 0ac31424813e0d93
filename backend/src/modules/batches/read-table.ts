import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { AppError } from '../../platform/errors/index.js';
import { columnsAtMost, type NewBatch, rowsAtMost } from './batches.schema.js';
import { restored } from './csv-cells.js';
import { isOwnColumn, looksLikeData } from './map-columns.js';

export interface TableRow {
  /** The line of the file on which it begins; its place for rows that came as JSON. */
  line: number;
  cells: string[];
}

export interface Table {
  columns: string[];
  rows: TableRow[];
  delimiter: string | null;
}

type Upload = Pick<NewBatch, 'rows' | 'csv'>;

/** The rows of an upload under its columns; refuses what is no table in words that say how to make it one. */
export async function readTable(upload: Upload): Promise<Table> {
  return withoutOwnColumns(upload.rows ? tableOf(upload.rows) : await readCsv(upload.csv!));
}

/** A corrected file of bad rows comes back with the columns that we added to it. */
function withoutOwnColumns({ columns, rows, delimiter }: Table): Table {
  const own = columns.map(isOwnColumn);
  if (!own.includes(true)) return { columns, rows, delimiter };
  const kept = <Each>(all: Each[]) => all.filter((_, index) => !own[index]);
  return { columns: kept(columns), rows: rows.map(({ line, cells }) => ({ line, cells: kept(cells) })), delimiter };
}

function tableOf(rows: NonNullable<NewBatch['rows']>): Table {
  const columns = namesOf([...new Set(rows.flatMap((row) => Object.keys(row)))]);
  const cellsOf = (row: (typeof rows)[number]) => columns.map((column) => textOf(row[column]));
  return {
    columns,
    rows: rows.map((row, index) => ({ line: index + 1, cells: cellsOf(row) })),
    delimiter: null,
  };
}

function textOf(cell: string | number | boolean | null | undefined): string {
  const text = cell === null || cell === undefined ? '' : String(cell).toWellFormed();
  if (!text.includes('\u0000')) return text;
  throw new AppError('validation', 'csv-encoding', 'The rows hold characters that no text has.', {
    errors: [{ pointer: '/rows', detail: 'must not hold the character U+0000' }],
  });
}

/** Parsed slice by slice, so that other requests are served meanwhile, and no further than to the first row too many. */
async function readCsv(csv: string): Promise<Table> {
  const { text, delimiter, linesBefore } = beginningOf(csv);
  const parser = Readable.from(slices(text)).pipe(
    parse({
      delimiter,
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: 1_000_000,
    }),
  );
  const rows: TableRow[] = [];
  let columns: string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (record.every((cell) => cell.trim() === '')) continue;
      const line = info.lines + linesBefore - newlinesIn(record);
      if (!columns) columns = headerOf(record);
      else rows.push({ line, cells: withoutEmptyEnd(record, columns.length).map(restored) });
      if (rows.length > rowsAtMost) throw tooManyRows();
    }
  } catch (error) {
    throw error instanceof CsvError ? malformed(error, linesBefore) : error;
  } finally {
    parser.destroy();
  }
  if (!columns || rows.length === 0)
    throw refused('csv-empty', 'This file has no rows below its header. The first line must name the columns.');
  return { columns, rows, delimiter };
}

const sliceLength = 65_536;
function* slices(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    let to = Math.min(from + sliceLength, text.length);
    // A letter of two halves stays whole.
    if (to < text.length && /[\ud800-\udbff]/.test(text[to - 1])) to++;
    yield text.slice(from, to);
    from = to;
  }
}

/** Excel may say its separator on a line of its own; otherwise the header line shows it. */
function beginningOf(csv: string): { text: string; delimiter: string; linesBefore: number } {
  if (csv.includes('\u0000')) throw refused('csv-encoding', 'This file holds characters that no text has.');
  const text = csv.replace(/^\ufeff/, '');
  const told = /^sep=(.)(\r\n|\n|\r)/.exec(text);
  if (told) return { text: text.slice(told[0].length), delimiter: told[1], linesBefore: 1 };
  return { text, delimiter: delimiterOf(text), linesBefore: 0 };
}

/** The separator that stands most often outside of quotes in the first line that says something. */
export function delimiterOf(text: string): string {
  const counts = new Map([',', ';', '\t'].map((each) => [each, 0]));
  let quoted = false;
  let saysSomething = false;
  for (const letter of text.slice(0, 100_000)) {
    if (letter === '"') quoted = !quoted;
    else if (!quoted && /[\r\n]/.test(letter) && saysSomething) break;
    else if (!quoted && counts.has(letter)) counts.set(letter, counts.get(letter)! + 1);
    if (/\S/.test(letter)) saysSomething = true;
  }
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}

const newlinesIn = (record: string[]) =>
  record.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);

/** Spreadsheets end rows with separators that belong to no column. */
function withoutEmptyEnd(record: string[], columns: number): string[] {
  let length = record.length;
  while (length > columns && record[length - 1].trim() === '') length--;
  return Array.from({ length: Math.max(length, columns) }, (_, index) => record[index] ?? '');
}

function headerOf(record: string[]): string[] {
  if (looksLikeData(record))
    throw refused(
      'csv-no-header',
      'The first line looks like a business and not like a header. Put a line above it that names the columns: Business name, Email, Phone, …',
    );
  let length = record.length;
  while (record[length - 1].trim() === '') length--;
  return namesOf(record.slice(0, length).map(restored));
}

function namesOf(columns: string[]): string[] {
  if (columns.length > columnsAtMost)
    throw refused('csv-too-wide', `This table has ${columns.length} columns; at most ${columnsAtMost} can be read.`);
  const names = columns.map((name, index) => name.trim().slice(0, 200).toWellFormed() || `Column ${index + 1}`);
  const keys = names.map((name) => name.toLowerCase());
  const twice = [...new Set(names.filter((_, index) => keys.indexOf(keys[index]) < index))];
  if (twice.length > 0)
    throw refused('csv-duplicate-header', `Two columns have the same name: ${twice.join(', ')}. Rename one of each.`);
  if (names.some((name) => name.includes('\u0000')))
    throw refused('csv-encoding', 'A column name holds characters that no text has.');
  return names;
}

const tooManyRows = () =>
  new AppError('too-large', 'csv-too-many-rows', `A batch has at most ${rowsAtMost} rows. Split the file.`);

const refused = (code: string, detail: string) =>
  new AppError('validation', code, detail, { errors: [{ pointer: '/csv', detail }] });

function malformed(error: CsvError, linesBefore: number): AppError {
  const line = Number((error as unknown as { lines?: number }).lines ?? 0) + linesBefore;
  const why =
    error.code === 'CSV_MAX_RECORD_SIZE' ? 'a row is too long' : 'a quote is not closed, or stands inside of a cell';
  return refused('csv-malformed', `The file cannot be read near line ${line}: ${why}.`);
}
