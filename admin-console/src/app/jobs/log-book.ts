import type { LogLine } from '../api/models';

/**
 * The lines of one job that we hold: always one unbroken run of sequence numbers, `first`..`last`.
 * Live lines may overlap what we have or leave a gap after a reconnect; neither may show.
 */
export class LogBook {
  private held: readonly LogLine[] = [];
  private cursor: number;

  /** `after`: the sequence number that counts as already had. */
  constructor(after = 0) {
    this.cursor = after;
  }

  get lines(): readonly LogLine[] {
    return this.held;
  }

  /** The last sequence number that we have. */
  get last(): number {
    return this.cursor;
  }

  /** The first sequence number that we have, or the next one when there is none yet. */
  get first(): number {
    return this.held[0]?.seq ?? this.cursor + 1;
  }

  /** Takes what follows without a gap. Answers whether all of it could be taken. */
  append(lines: readonly LogLine[]): boolean {
    const taken: LogLine[] = [];
    for (const line of lines) {
      if (line.seq <= this.cursor) continue;
      if (line.seq > this.cursor + 1) break;
      taken.push(line);
      this.cursor = line.seq;
    }
    if (taken.length) this.held = this.held.concat(taken);
    return (lines.at(-1)?.seq ?? 0) <= this.cursor;
  }

  /** Puts earlier lines in front. Those that do not end right before `first` are of no use and are left out. */
  prepend(lines: readonly LogLine[]): number {
    const earlier = lines.filter((line) => line.seq < this.first);
    if (earlier.at(-1)?.seq !== this.first - 1) return 0;
    this.held = earlier.concat(this.held);
    return earlier.length;
  }
}
