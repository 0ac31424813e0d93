import { randomUUID } from 'node:crypto';
import type { Agency } from './agency.js';
import type { ApiApp } from './api-app.js';
import type { Answer } from './ask.js';
import { atRest } from './at-rest.js';
import { until } from './until.js';

export interface BatchView {
  id: string;
  title: string;
  state: string;
  counts: Record<string, number> & { total: number };
  plan: {
    planHash: string;
    create: number;
    adopt: number;
    calls: Record<string, number>;
    estimateMs: number;
    snapshots: { name: string | null; rows: number }[];
  } | null;
  columns: { name: string; target: string | null; mappedBy: string | null }[];
  failures: { code: string; step: string | null; rows: number }[];
  actions: string[];
  missingFields: string[];
}

export interface BatchRowView {
  n: number;
  line: number;
  state: string;
  name: string | null;
  issues: { severity: string; code: string; column: string | null; message: string; suggestion: string | null }[];
  snapshot: { id: string | null; name: string | null; chosenBy: string } | null;
  choice: unknown;
  candidates: { id: string; name: string; confidence: number }[];
  action: string | null;
  jobId: string | null;
  locationId: string | null;
}

/** Businesses under the headers that people use. */
export const clients = (count: number, more: Record<string, string> = {}): Record<string, string>[] =>
  Array.from({ length: count }, (_, index) => ({
    'Business name': `Client ${index + 1} ${randomUUID().slice(0, 8)}`,
    Email: `owner@${randomUUID()}.example`,
    Snapshot: 'none',
    ...more,
  }));

export const csvOf = (rows: Record<string, string>[]) =>
  [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))]
    .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
    .join('\r\n');

export const upload = ({ admin }: Agency, file: string | Buffer, query = ''): Promise<Answer> =>
  admin.ask('POST', `/api/batches${query}`, file, { 'content-type': 'text/csv' });

export const ready = ({ admin }: Agency, id: string): Promise<BatchView> =>
  until(async () => {
    const batch = await admin.must<BatchView>('GET', `/api/batches/${id}`);
    return batch.state === 'ready' ? batch : undefined;
  }, 30_000);

/** A batch whose rows were judged. */
export async function aBatch(agency: Agency, rows: Record<string, string>[], more: object = {}): Promise<BatchView> {
  const { id } = await agency.admin.must<BatchView>('POST', '/api/batches', { rows, ...more });
  return ready(agency, id);
}

export const start = ({ admin }: Agency, { id, plan }: BatchView): Promise<BatchView> =>
  admin.must<BatchView>('POST', `/api/batches/${id}/start`, { planHash: plan!.planHash });

export const settledBatch = ({ admin }: Agency, id: string): Promise<BatchView> =>
  until(async () => {
    const batch = await admin.must<BatchView>('GET', `/api/batches/${id}`);
    return batch.state === 'finished' || batch.state === 'cancelled' ? batch : undefined;
  }, 60_000);

export const rowsOfBatch = async ({ admin }: Agency, id: string, query = ''): Promise<BatchRowView[]> =>
  (await admin.must<{ items: BatchRowView[] }>('GET', `/api/batches/${id}/rows?limit=100${query}`)).items;

/** One whose rows have all become jobs. */
export async function aStartedBatch(agency: Agency, rows = clients(2)): Promise<BatchView> {
  const { id } = await start(agency, await aBatch(agency, rows));
  return until(async () => {
    const batch = await agency.admin.must<BatchView>('GET', `/api/batches/${id}`);
    return batch.state === 'starting' ? undefined : batch;
  }, 30_000);
}

export async function aDoneBatch(agency: Agency, rows = clients(2)): Promise<BatchView> {
  await agency.admin.must('POST', '/api/queues/bulk/resume');
  return settledBatch(agency, (await aStartedBatch(agency, rows)).id);
}

/** HighLevel refuses the first of its sub-accounts. */
export async function aFailedBatch(api: ApiApp, agency: Agency, rows = clients(2)): Promise<BatchView> {
  await agency.admin.must('POST', '/api/queues/bulk/resume');
  await atRest(api);
  const match = { method: 'POST', path: '^/locations/$' };
  await api.sim.fault({ match, kind: 'status', status: 422, body: { message: ['no phone'] } });
  return aDoneBatch(agency, rows);
}
