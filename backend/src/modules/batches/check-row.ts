import { AppError } from '../../platform/errors/index.js';
import { candidatesOf, type MadePlan, type PlanProvisioning, type SnapshotDecision } from '../provisioning/index.js';
import type { RowCandidate, RowIssue } from './batches.schema.js';
import type { MappedColumn } from './map-columns.js';
import type { ReadRow } from './read-row.js';

export interface CheckedRow {
  n: number;
  verdict: 'ready' | 'warning' | 'problem';
  name: string | null;
  email: string | null;
  issues: RowIssue[];
  request: PlanProvisioning | null;
  snapshot: SnapshotDecision | null;
  candidates: RowCandidate[];
  adopt_location_id: string | null;
  row_hash: string | null;
  company_calls: number;
  location_calls: number;
  polls: number;
}

const nothing = {
  ...{ request: null, snapshot: null, candidates: [], adopt_location_id: null, row_hash: null },
  ...{ company_calls: 0, location_calls: 0, polls: 0 },
};

/** What a row's plan says about it. A plan that is refused is a problem of the row, in the plan's own words. */
export async function checkRow(
  { n, name, email, issues, request }: ReadRow & { n: number },
  columns: readonly MappedColumn[],
  sameAs: number | undefined,
  plan: (request: PlanProvisioning) => Promise<MadePlan>,
): Promise<CheckedRow> {
  const problem = (more: RowIssue[]): CheckedRow => ({
    ...{ n, verdict: 'problem', name, email, ...nothing },
    issues: [...issues, ...more],
  });
  const columnOf = (target: string) => columns.find((column) => column.target === target)?.name ?? null;
  const issueOf = (severity: RowIssue['severity'], code: string, target: string, message: string): RowIssue => ({
    ...{ severity, code, column: columnOf(target), message, suggestion: null },
  });
  if (sameAs !== undefined) {
    const twice = `Row ${sameAs} is the same business. Leave one of them out, or correct its name or e-mail address.`;
    return problem([issueOf('problem', 'twice-in-file', 'name', twice)]);
  }
  if (!request) return problem([]);
  const made = await plan(request).catch((error: unknown) => refusal(error));
  if (made instanceof AppError) {
    const refused = issueOf('problem', made.code, made.errors?.[0]?.pointer.slice(1) ?? 'name', made.detail);
    return { ...problem([refused]), candidates: candidatesOf(made) };
  }
  const { calls, snapshot, planHash, warnings } = made.plan;
  const all = [...issues, ...warnings.map((message) => issueOf('warning', 'plan', 'snapshot', message))];
  return {
    ...{ n, name, email, request, snapshot, candidates: [], issues: all },
    verdict: all.length > 0 ? 'warning' : 'ready',
    ...{ adopt_location_id: made.adoptLocationId, row_hash: planHash },
    ...{ company_calls: calls.company, location_calls: calls.location, polls: calls.polls },
  };
}

/** Anything but a refusal of this one row is a failure of the check itself. */
function refusal(error: unknown): AppError {
  if (error instanceof AppError && (error.kind === 'validation' || error.kind === 'conflict')) return error;
  throw error;
}
