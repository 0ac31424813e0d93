import type { z } from 'zod';
import {
  type NewTeamMember,
  plainName,
  PlanProvisioning,
  type SnapshotChoice,
  valueKey,
} from '../provisioning/index.js';
import type { BatchDefaults, RowIssue } from './batches.schema.js';
import type { MappedColumn } from './map-columns.js';
import {
  isSamePhone,
  nearest,
  suggestCountry,
  suggestEmail,
  suggestPhone,
  suggestTimeZone,
  suggestWebsite,
} from './suggest.js';

export interface KnownSnapshot {
  id: string;
  name: string;
  gone: boolean;
}

/** What every row of a batch is read with. */
export interface RowLayout {
  columns: readonly MappedColumn[];
  defaults: BatchDefaults;
  connectionId: string;
  snapshots: readonly KnownSnapshot[];
}

export interface ReadRow {
  name: string | null;
  email: string | null;
  /** What would be asked of provisioning; absent while something is wrong. */
  request?: PlanProvisioning;
  issues: RowIssue[];
}

type Correct = (cell: string, country: string | undefined) => string | undefined;
/** In this order: the country decides how a phone number is read. */
const corrections: Record<string, Correct> = {
  country: suggestCountry,
  email: suggestEmail,
  phone: suggestPhone,
  website: suggestWebsite,
  timezone: suggestTimeZone,
};

/** One line of the file as a request to provision, judged by the same schema as a single one. `choice`: a person's snapshot for it. Pure. */
export function readRow(layout: RowLayout, cells: readonly string[], choice: SnapshotChoice | null = null): ReadRow {
  const row = new RowInHand(layout, cells);
  const business = row.business();
  const [name, email] = [business['name'] ?? null, business['email'] ?? null];
  const read = {
    connectionId: layout.connectionId,
    business: { ...business, ...(business['services'] && { services: listed(business['services']) }) },
    snapshot: choice ?? row.snapshot(),
    customValues: row.customValues(),
    users: row.users(),
    existing: layout.defaults.existing,
  };
  row.refuseCellsWithoutColumn();
  const parsed = PlanProvisioning.safeParse(read);
  if (!parsed.success) row.addFaults(parsed.error.issues);
  const good = parsed.success && row.issues.every(({ severity }) => severity === 'warning');
  return { name, email, issues: row.issues, ...(good && { request: parsed.data }) };
}

class RowInHand {
  readonly issues: RowIssue[] = [];
  /** Fields that were refused already, with better words than the schema's. */
  private readonly refused = new Set<string>();
  private readonly valueColumns: (string | null)[] = [];
  private readonly userOrdinals: (string | null)[] = [];

  constructor(
    private readonly layout: RowLayout,
    private readonly cells: readonly string[],
  ) {}

  business(): Record<string, string> {
    const { country, timezone } = this.layout.defaults;
    const business: Record<string, string> = { ...(country && { country }), ...(timezone && { timezone }) };
    for (const { target, index } of this.targets())
      if (!/[:]|^(snapshot|ignore)$/.test(target) && this.cell(index)) business[target] = this.cell(index);
    for (const [field, correct] of Object.entries(corrections)) this.correct(business, field, correct);
    return business;
  }

  snapshot(): SnapshotChoice {
    const { snapshots, defaults } = this.layout;
    const cell = this.cellOf('snapshot');
    if (!cell) return defaults.snapshot;
    const word = plainName(cell);
    if (word === 'recommend' || word === 'none') return word;
    const present = snapshots.filter(({ gone }) => !gone);
    const found = present.filter(({ id, name }) => id === cell || plainName(name) === word);
    if (found.length === 1) return { id: found[0].id };
    const near = nearest(
      word,
      present.map(({ name }) => plainName(name)),
      3,
    );
    this.add('snapshot', {
      code: found.length > 1 ? 'snapshot-ambiguous' : 'snapshot-unknown',
      message:
        found.length > 1
          ? `${found.length} snapshots have this name. Write the id of the one you mean.`
          : 'There is no such snapshot in the library. Refresh the library, or write another name or id.',
      suggestion: present.find(({ name }) => plainName(name) === near)?.name ?? null,
    });
    return 'none';
  }

  /** The row's own values come first, and stand in for those of the whole file. */
  customValues(): { name: string; value: string }[] {
    const own = this.targets().flatMap(({ target, index, name: column }) => {
      const value = this.cells[index] ?? '';
      return target.startsWith('value:') && value.trim() ? [{ column, name: target.slice(6), value }] : [];
    });
    const taken = new Set(own.map(({ name }) => valueKey(name)));
    const common = this.layout.defaults.customValues.filter(({ name }) => !taken.has(valueKey(name)));
    this.valueColumns.push(...own.map(({ column }) => column), ...common.map(() => null));
    return [...own.map(({ name, value }) => ({ name, value })), ...common];
  }

  users(): Partial<NewTeamMember>[] {
    const people = new Map<string, Record<string, string>>();
    for (const { target, index } of this.targets()) {
      const [kind, ordinal, field] = target.split(':');
      if (kind === 'user' && this.cell(index))
        people.set(ordinal, { ...people.get(ordinal), [field]: this.cell(index) });
    }
    const own = [...people].sort(([a], [b]) => Number(a) - Number(b)).map(([, person]) => memberOf(person));
    const taken = new Set(own.map(({ email }) => email?.toLowerCase()));
    const common = this.layout.defaults.users.filter(({ email }) => !taken.has(email.toLowerCase()));
    this.userOrdinals.push(...[...people.keys()].sort((a, b) => Number(a) - Number(b)), ...common.map(() => null));
    return [...own, ...common];
  }

  refuseCellsWithoutColumn(): void {
    if (this.cells.length <= this.layout.columns.length) return;
    this.issues.push({
      ...{ severity: 'problem', code: 'too-many-cells', column: null, suggestion: null },
      message: `This line has ${this.cells.length} cells and the header names ${this.layout.columns.length}. Put quotes around a cell that holds the separator.`,
    });
  }

  addFaults(issues: readonly z.core.$ZodIssue[]): void {
    for (const issue of issues) {
      const target = this.targetAt(issue.path);
      if (target && this.refused.has(target)) continue;
      this.add(target, { code: 'invalid', message: messageOf(issue), suggestion: null });
    }
  }

  private correct(business: Record<string, string>, field: string, correct: Correct): void {
    const cell = this.cellOf(field);
    const meant = cell && cell.length <= 300 ? correct(cell, business['country']) : undefined;
    if (!cell || meant === cell) return;
    const onlySigns =
      meant !== undefined && (field === 'phone' ? isSamePhone(cell, meant) : cell.toUpperCase() === meant);
    if (onlySigns) business[field] = meant;
    if (onlySigns || meant === undefined || isGood(field, cell)) return;
    const apply = this.layout.defaults.corrections === 'apply';
    if (apply) business[field] = meant;
    // A phone number is read with the country that was meant.
    else if (field === 'country') business[field] = meant;
    else delete business[field];
    this.add(field, {
      code: apply ? 'corrected' : 'did-you-mean',
      severity: apply ? 'warning' : 'problem',
      message: apply ? `“${cell}” is read as “${meant}”.` : `“${cell}” ${shouldBe[field]}.`,
      suggestion: apply ? null : meant,
    });
  }

  private add(
    target: string | undefined,
    issue: Pick<RowIssue, 'code' | 'message' | 'suggestion'> & Partial<Pick<RowIssue, 'severity'>>,
  ): void {
    if (target) this.refused.add(target);
    const column = this.columnOf(target);
    const subject = column === null && target ? `${target.replace(/^value:/, '')}: ` : '';
    this.issues.push({ severity: 'problem', column, ...issue, message: subject + issue.message });
  }

  private targetAt(path: readonly PropertyKey[]): string | undefined {
    const [part, second, third] = path;
    if (part === 'business') return String(second);
    if (part === 'snapshot') return 'snapshot';
    if (part === 'customValues') return this.valueColumns[Number(second)] ?? undefined;
    const ordinal = part === 'users' ? this.userOrdinals[Number(second)] : null;
    return ordinal ? `user:${ordinal}:${String(third)}` : undefined;
  }

  private columnOf(target: string | undefined): string | null {
    const byTarget = this.layout.columns.find((column) => column.target === target || column.name === target);
    return byTarget?.name ?? null;
  }

  private targets() {
    return this.layout.columns.flatMap(({ target, name }, index) => (target ? [{ target, name, index }] : []));
  }

  private cellOf(target: string): string {
    return this.cell(this.layout.columns.findIndex((column) => column.target === target));
  }

  private cell(index: number): string {
    return this.cells[index]?.trim() ?? '';
  }
}

/** One cell holds all services; commas part them only where nothing else does, for they stand in names as well. */
const listed = (cell: string): string[] =>
  cell
    .split(/[;\n|]/.test(cell) ? /[;\n|]/ : ',')
    .map((service) => service.trim())
    .filter((service) => service !== '');

const shape = PlanProvisioning.shape.business.shape;
const isGood = (field: string, cell: string) =>
  shape[field as keyof typeof shape].safeParse(cell).success && field !== 'country';

const shouldBe: Record<string, string> = {
  country: 'is not a two-letter country code',
  email: 'is not an e-mail address',
  phone: 'is not an international number such as +14155550100',
  website: 'is not an http or https address',
  timezone: 'is not a time zone such as America/Chicago',
};

/** One column may hold the whole name; role and type are written in any letters. */
function memberOf({ name, role, type, ...rest }: Record<string, string>): Partial<NewTeamMember> {
  const words = name?.split(/\s+/) ?? [];
  const whole = name && { firstName: words.slice(0, -1).join(' ') || name, lastName: words.at(-1)! };
  const member = { ...whole, ...rest, role: role?.toLowerCase(), type: type?.toLowerCase() };
  return Object.fromEntries(Object.entries(member).filter(([, value]) => value !== undefined));
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is missing. Fill it in.';
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}.`;
  return `${issue.message}.`;
}
