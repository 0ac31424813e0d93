import { drawStates, runStates, stepStates } from '../../engine/runs/run-states.js';

const diagram = (states: Parameters<typeof drawStates>[0]) => ['```mermaid', drawStates(states), '```'];

/** docs/states.md: the tables that the engine checks at every start, as pictures. */
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
