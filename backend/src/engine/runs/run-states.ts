import type { RunState, StepState } from './runs.schema.js';

interface StateRule<State extends string> {
  /** In the user's words; the console shows it and the docs are drawn from it. */
  label: string;
  /** Where a row in this state may go. Empty: it has ended for good. */
  next: readonly State[];
  /** Nothing will happen by itself any more. */
  ended?: true;
}

export const runStates: Record<RunState, StateRule<RunState>> = {
  ready: { label: 'Ready', next: ['running', 'undoing', 'waiting', 'cancelled'] },
  running: { label: 'Running', next: ['ready', 'waiting', 'done', 'failed', 'cancelled', 'needs-human'] },
  waiting: { label: 'Waiting', next: ['ready', 'running', 'undoing', 'cancelled'] },
  done: { label: 'Done', next: ['ready'], ended: true },
  failed: { label: 'Failed', next: ['ready'], ended: true },
  cancelled: { label: 'Cancelled', next: ['ready'], ended: true },
  undoing: { label: 'Undoing', next: ['ready', 'waiting', 'undone', 'needs-human'] },
  undone: { label: 'Undone', next: [], ended: true },
  'needs-human': { label: 'Needs a person', next: ['ready', 'cancelled'] },
};

export const stepStates: Record<StepState, StateRule<StepState>> = {
  planned: { label: 'Planned', next: ['intent', 'undoing'] },
  intent: {
    label: 'In progress',
    next: ['planned', 'unknown', 'done', 'partial', 'rejected', 'needs-human', 'undoing', 'undone'],
  },
  unknown: {
    label: 'Checking the outcome',
    next: ['intent', 'planned', 'done', 'needs-human', 'undoing', 'undone'],
  },
  done: { label: 'Done', next: ['planned', 'undoing'], ended: true },
  partial: { label: 'Partly done', next: ['planned', 'undoing'], ended: true },
  rejected: { label: 'Refused', next: ['planned', 'undoing'], ended: true },
  undoing: { label: 'Undoing', next: ['undone'] },
  undone: { label: 'Undone', next: [], ended: true },
  'needs-human': { label: 'Needs a person', next: ['unknown', 'planned', 'undoing', 'undone'] },
};

/** A run that nobody has to think about any more holds no exclusive key; see the index runs_exclusive. */
export const endedRunStates = (Object.keys(runStates) as RunState[]).filter((state) => runStates[state].ended);

/** Refuses to boot with a table that leads nowhere. */
export function checkStateTables(): void {
  for (const [table, states] of Object.entries({ runStates, stepStates })) {
    for (const [state, rule] of Object.entries(states)) {
      for (const next of rule.next)
        if (!(next in states)) throw new Error(`${table}: ${state} leads to the unknown state ${next}`);
    }
  }
}

/** The table as a Mermaid diagram, for docs/states.md. */
export function drawStates(states: Record<string, StateRule<string>>): string {
  const id = (state: string) => state.replace(/-/g, '_');
  const lines = ['stateDiagram-v2'];
  for (const [state, rule] of Object.entries(states)) lines.push(`  ${id(state)}: ${rule.label}`);
  for (const [state, rule] of Object.entries(states))
    for (const next of rule.next) lines.push(`  ${id(state)} --> ${id(next)}`);
  return lines.join('\n');
}

const diagram = (states: Record<string, StateRule<string>>) => ['```mermaid', drawStates(states), '```'];

/** docs/states.md: the tables that the engine checks at every start, as pictures. `npm run generate` writes it. */
export function statesDoc(): string {
  return [
    '# States',
    '',
    'Made from `backend/src/engine/runs/run-states.ts` by `npm run generate`. The same tables are checked at every start.',
    '',
    '## Of a run',
    '',
    ...diagram(runStates),
    '',
    '## Of a step',
    '',
    ...diagram(stepStates),
    '',
  ].join('\n');
}
