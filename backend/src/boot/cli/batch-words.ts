import type { Batch } from '../../modules/batches/batches.schema.js';

/** What a person wants to know of a batch, in a few lines. */
export function batchWords(batch: Batch, problemsFile: string): string {
  const { title, state, counts, plan, missingFields, failures } = batch;
  const lines = [`${title}: ${state}, ${counts.total} rows`];
  if (missingFields.length > 0) lines.push(`Not found in the header: ${missingFields.join(', ')}.`);
  const told = Object.entries(counts).filter(([name, rows]) => name !== 'total' && rows > 0);
  lines.push(told.map(([name, rows]) => `  ${name}: ${rows}`).join('\n'));
  if (plan) {
    const { company, location, polls } = plan.calls;
    lines.push(`To make: ${plan.create}; to take over: ${plan.adopt}.`);
    lines.push(`Calls: ${company} of the agency, ${location} of the sub-accounts, about ${polls} looks at snapshots.`);
    lines.push(`Estimated time: ${durationWords(plan.estimateMs)}.`);
    for (const { name, rows } of plan.snapshots) lines.push(`  ${rows} with ${name ?? 'no snapshot'}`);
  }
  if (counts.problem > 0) lines.push(`Rows to correct and upload again are in ${problemsFile}.`);
  for (const { rows, cause } of failures) lines.push(`${rows} failed: ${cause}`);
  return lines.filter(Boolean).join('\n');
}

export function progressLine({ state, counts, work, progress }: Batch): string {
  if (work) return `${work.kind === 'check' ? 'Checking' : 'Starting'}: ${work.done} of ${work.total}`;
  if (!progress) return state;
  const rate = progress.ratePerMinute === null ? '' : `, ${progress.ratePerMinute.toFixed(1)} a minute`;
  const left = progress.timeLeftMs ? `, ${durationWords(progress.timeLeftMs)} left` : '';
  return `${progress.ended} of ${progress.begun} ended, ${counts.failed} failed${rate}${left}`;
}

function durationWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.ceil(ms / 1_000)} s`;
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
