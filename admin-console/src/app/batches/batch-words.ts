import type { BatchAction, BatchCounts, BatchRowState, BatchState } from '../api/models';
import type { StateWords } from '../jobs/job-words';
import type { Tone } from '../ui/status-chip';

export const BATCH_STATES: Record<BatchState, StateWords> = {
  draft: { label: 'Needs an answer', icon: 'help', tone: 'wait' },
  checking: { label: 'Checking rows', icon: 'fact_check', tone: 'run' },
  ready: { label: 'Ready to start', icon: 'task', tone: 'idle' },
  starting: { label: 'Starting', icon: 'play_circle', tone: 'run' },
  running: { label: 'Running', icon: 'play_circle', tone: 'run' },
  paused: { label: 'Paused', icon: 'pause_circle', tone: 'wait' },
  finished: { label: 'Finished', icon: 'check_circle', tone: 'ok' },
  cancelled: { label: 'Cancelled', icon: 'block', tone: 'idle' },
};

/** A finished batch with rows that a person should look at must not look green. */
export const FINISHED_WITH_FAILURES: StateWords = { label: 'Finished, with failures', icon: 'error', tone: 'bad' };
export const FINISHED_WITH_WARNINGS: StateWords = { label: 'Finished, with warnings', icon: 'warning', tone: 'wait' };

export const ROW_STATES: Record<BatchRowState, StateWords> = {
  unchecked: { label: 'Not checked', icon: 'pending', tone: 'idle' },
  ready: { label: 'Ready', icon: 'check', tone: 'ok' },
  warning: { label: 'Ready, with a warning', icon: 'warning', tone: 'wait' },
  problem: { label: 'Problem', icon: 'error', tone: 'bad' },
  excluded: { label: 'Left out', icon: 'remove_circle', tone: 'idle' },
  queued: { label: 'Queued', icon: 'schedule', tone: 'idle' },
  running: { label: 'Running', icon: 'play_circle', tone: 'run' },
  waiting: { label: 'Waiting', icon: 'hourglass_top', tone: 'wait' },
  paused: { label: 'Paused', icon: 'pause_circle', tone: 'wait' },
  'needs-human': { label: 'Needs a person', icon: 'front_hand', tone: 'bad' },
  done: { label: 'Done', icon: 'check_circle', tone: 'ok' },
  partial: { label: 'Done, with a warning', icon: 'warning', tone: 'wait' },
  failed: { label: 'Failed', icon: 'error', tone: 'bad' },
  cancelled: { label: 'Cancelled', icon: 'block', tone: 'idle' },
  undoing: { label: 'Undoing', icon: 'undo', tone: 'run' },
  undone: { label: 'Undone', icon: 'history', tone: 'idle' },
};

const BEFORE_START: readonly BatchRowState[] = ['ready', 'warning', 'problem', 'excluded', 'unchecked'];
const AFTER_START: readonly BatchRowState[] = [
  ...(['done', 'partial', 'failed', 'needs-human', 'running', 'waiting', 'queued', 'paused'] as const),
  ...(['cancelled', 'undoing', 'undone', 'problem', 'excluded'] as const),
];

/** States that rows of a batch can be in now, in the order people read them. */
export const rowStatesOf = (state: BatchState): readonly BatchRowState[] =>
  notStarted(state) ? BEFORE_START : AFTER_START;

export const notStarted = (state: BatchState): boolean => ['draft', 'checking', 'ready'].includes(state);

/** The server is at work on the batch itself, so the page looks often. */
export const atWork = (state: BatchState): boolean => state === 'checking' || state === 'starting';

export function wordsOf(state: BatchState, counts: BatchCounts): StateWords {
  if (state !== 'finished') return BATCH_STATES[state];
  if (counts.failed + counts['needs-human'] > 0) return FINISHED_WITH_FAILURES;
  return counts.partial > 0 ? FINISHED_WITH_WARNINGS : BATCH_STATES.finished;
}

export interface Share {
  label: string;
  tone: Tone;
  rows: number;
  percent: number;
  states: readonly BatchRowState[];
}

const SHARES: { label: string; tone: Tone; states: BatchRowState[] }[] = [
  { label: 'Done', tone: 'ok', states: ['done'] },
  { label: 'Done, with a warning', tone: 'wait', states: ['partial'] },
  { label: 'Need a person', tone: 'bad', states: ['failed', 'needs-human'] },
  { label: 'Under way', tone: 'run', states: ['running', 'waiting', 'undoing'] },
  { label: 'Not begun', tone: 'idle', states: ['queued', 'paused', 'ready', 'warning', 'unchecked'] },
  { label: 'Cancelled or undone', tone: 'idle', states: ['cancelled', 'undone'] },
];

/** The rows that have a job, as parts of one bar. What was left out is no part of it. */
export function sharesOf(counts: BatchCounts): Share[] {
  const shares = SHARES.map((share) => ({
    ...share,
    rows: share.states.reduce((sum, state) => sum + counts[state], 0),
  }));
  const total = shares.reduce((sum, { rows }) => sum + rows, 0);
  return shares.map((share) => ({ ...share, percent: total === 0 ? 0 : (100 * share.rows) / total }));
}

/** What the server asks for; a control that a person may not use is left out. */
export const ACTION_PERMISSIONS: Record<BatchAction, string> = {
  change: 'provisioning.plan',
  start: 'provisioning.start',
  pause: 'jobs.control',
  resume: 'jobs.control',
  cancel: 'jobs.control',
  retry: 'jobs.control',
  undo: 'jobs.undo',
};
