import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

export interface JournalEntry {
  serial: number;
  at: string;
  method: string;
  path: string;
  query: string;
  /** Whose rate budget it spent. */
  resource?: string;
  tokenClass?: 'Company' | 'Location';
  body: unknown;
  applied: string[];
  /** Absent until answered; a connection cut by a fault stays without. */
  status?: number;
  fault?: string;
}

/** A sandbox may run for weeks. */
const keptEntries = 20_000;

const secretNames = /token|secret|password|apikey|authorization|^code$/i;

/** Every request in order. With a file, an entry is written when its effect is, so that it outlives a kill. */
export class SimJournal {
  #entries: JournalEntry[] = [];

  constructor(private readonly file?: string) {
    if (!file || !existsSync(file)) return;
    const bySerial = new Map<number, JournalEntry>();
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const entry = parse(line);
      if (entry) bySerial.set(entry.serial, entry);
    }
    this.#entries = [...bySerial.values()].sort((a, b) => a.serial - b.serial);
    if (this.#entries.length > keptEntries) this.#shorten(file);
  }

  get lastSerial(): number {
    return this.#entries.at(-1)?.serial ?? 0;
  }

  open(entry: JournalEntry): JournalEntry {
    this.#entries.push(entry);
    if (this.#entries.length > 2 * keptEntries) this.#entries = this.#entries.slice(-keptEntries);
    return entry;
  }

  /** The last line with a serial counts, so an entry may be kept when applied and again when answered. */
  keep(entry: JournalEntry): void {
    if (this.file) appendFileSync(this.file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }

  after(serial: number): JournalEntry[] {
    return this.#entries.filter((entry) => entry.serial > serial);
  }

  #shorten(file: string): void {
    this.#entries = this.#entries.slice(-keptEntries);
    writeFileSync(`${file}.next`, this.#entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 });
    renameSync(`${file}.next`, file);
  }

  reset(): void {
    this.#entries = [];
    if (this.file) rmSync(this.file, { force: true });
  }
}

export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, secretNames.test(name) ? '[secret]' : withoutSecrets(inner)]),
  );
}

function parse(line: string): JournalEntry | undefined {
  try {
    return line ? (JSON.parse(line) as JournalEntry) : undefined;
  } catch {
    return undefined; // a kill can cut the last line
  }
}
