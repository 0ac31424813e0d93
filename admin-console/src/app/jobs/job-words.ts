import type { JobSummary, RunState, StepState, WaitingFor } from '../api/models';
import type { Tone } from '../ui/status-chip';

export interface StateWords {
  label: string;
  icon: string;
  tone: Tone;
}

export const RUN_STATES: Record<RunState, StateWords> = {
  ready: { label: 'Queued', icon: 'schedule', tone: 'idle' },
  running: { label: 'Running', icon: 'play_circle', tone: 'run' },
  waiting: { label: 'Waiting', icon: 'hourglass_top', tone: 'wait' },
  done: { label: 'Done', icon: 'check_circle', tone: 'ok' },
  failed: { label: 'Failed', icon: 'error', tone: 'bad' },
  cancelled: { label: 'Cancelled', icon: 'block', tone: 'idle' },
  undoing: { label: 'Undoing', icon: 'undo', tone: 'run' },
  undone: { label: 'Undone', icon: 'history', tone: 'idle' },
  'needs-human': { label: 'Needs a person', icon: 'front_hand', tone: 'bad' },
};

/** Usable, but not whole: retrying repairs it. */
export const DONE_WITH_WARNING: StateWords = { label: 'Done, with a warning', icon: 'warning', tone: 'wait' };

export const ALL_RUN_STATES = Object.keys(RUN_STATES) as RunState[];

export const STEP_STATES: Record<StepState, StateWords> = {
  planned: { label: 'Not started', icon: 'radio_button_unchecked', tone: 'idle' },
  intent: { label: 'In progress', icon: 'play_circle', tone: 'run' },
  unknown: { label: 'Answer unclear', icon: 'help', tone: 'wait' },
  done: { label: 'Done', icon: 'check_circle', tone: 'ok' },
  partial: { label: 'Partly done', icon: 'contrast', tone: 'wait' },
  rejected: { label: 'Refused', icon: 'error', tone: 'bad' },
  undoing: { label: 'Undoing', icon: 'undo', tone: 'run' },
  undone: { label: 'Undone', icon: 'history', tone: 'idle' },
  'needs-human': { label: 'Needs a person', icon: 'front_hand', tone: 'bad' },
};

const WAITING: Record<WaitingFor, { cause: string; nextAction: string }> = {
  retry: { cause: 'The last attempt failed in a way that may pass.', nextAction: 'It tries again by itself.' },
  settle: {
    cause: 'The last call got no clear answer, so Switchyard waits before it looks what happened.',
    nextAction: 'Nothing to do. It never repeats a call blindly.',
  },
  provider: { cause: 'HighLevel is still working on it.', nextAction: 'Switchyard keeps looking.' },
  schedule: { cause: 'It is not yet time.', nextAction: 'It starts by itself.' },
  'rate-budget': {
    cause: 'HighLevel allows only so many calls in a period, and they are spent.',
    nextAction: 'It goes on when calls are free again.',
  },
  breaker: {
    cause: 'HighLevel has been failing, so calls are paused.',
    nextAction: 'It goes on once HighLevel answers again.',
  },
  connection: {
    cause: 'The connection to HighLevel does not work.',
    nextAction: 'Reconnect HighLevel; the job then goes on by itself.',
  },
  approval: { cause: 'A person has to approve the next part.', nextAction: 'Review and approve it.' },
  pause: { cause: 'It was paused before it began.', nextAction: 'Resume it when it shall go on.' },
};

export interface Explanation {
  cause: string;
  nextAction: string;
  /** Where the next action is taken, when it is not on the job's own page. */
  link?: string;
}

/** Why a job is not green and what happens next. Null for jobs that are simply done or under way. */
export function explain(job: JobSummary): Explanation | null {
  const link = job.waitingFor === 'connection' ? '/connect' : undefined;
  if (job.attention) return { cause: job.attention.cause, nextAction: job.attention.nextAction, link };
  switch (job.state) {
    case 'waiting':
      return job.waitingFor
        ? { ...WAITING[job.waitingFor], link }
        : { cause: 'It waits.', nextAction: 'It goes on by itself.' };
    case 'ready':
      return { cause: 'It is in the queue.', nextAction: 'A worker takes it as soon as one is free.' };
    case 'failed':
      return { cause: 'It stopped with an error.', nextAction: 'Read the step that failed, then retry or undo.' };
    case 'needs-human':
      return { cause: 'It cannot decide alone.', nextAction: 'Read the evidence of the step, then retry or undo.' };
    case 'cancelled':
      return { cause: 'A person stopped it.', nextAction: 'Undo it if what was made should go.' };
    case 'undoing':
      return { cause: 'What it made is being removed, last first.', nextAction: 'Nothing to do.' };
    case 'undone':
      return { cause: 'What it made was removed.', nextAction: 'Provision again when you are ready.' };
    default:
      return null;
  }
}

/** No more lines will come by themselves. */
export function ended(state: RunState): boolean {
  return (
    state === 'done' || state === 'failed' || state === 'cancelled' || state === 'undone' || state === 'needs-human'
  );
}

export const VIA: Record<string, string> = {
  direct: 'HighLevel said so in its answer',
  search: 'Found by looking in HighLevel',
  callback: 'HighLevel called back',
  webhook: 'A webhook said so',
  human: 'A person said so',
};
