import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkStateTables, drawStates, endedRunStates, runStates, statesDoc, stepStates } from './run-states.js';
import { RunState, StepState } from './runs.schema.js';

describe('state tables', () => {
  it('lead nowhere unknown and leave no state out', () => {
    expect(() => checkStateTables()).not.toThrow();
    expect(Object.keys(runStates).toSorted()).toEqual(RunState.options.toSorted());
    expect(Object.keys(stepStates).toSorted()).toEqual(StepState.options.toSorted());
  });

  it('reach every state from the first one', () => {
    const reached = (first: string, states: Record<string, { next: readonly string[] }>) => {
      const seen = new Set([first]);
      for (const state of seen) for (const next of states[state].next) seen.add(next);
      return [...seen].toSorted();
    };
    expect(reached('ready', runStates)).toEqual(Object.keys(runStates).toSorted());
    expect(reached('planned', stepStates)).toEqual(Object.keys(stepStates).toSorted());
  });

  it('end where the index runs_exclusive lets go of its key', () => {
    const migration = readFileSync(join(__dirname, '../../../../migrations/1763600000003-engine-runs.ts'), 'utf8');
    const [, listed] = /runs_exclusive[\s\S]*?state NOT IN \(([^)]*)\)/.exec(migration)!;
    expect(listed.replaceAll("'", '').split(',').toSorted()).toEqual(endedRunStates.toSorted());
  });

  it('are drawn as docs/states.md shows them', () => {
    expect(drawStates({ a: { label: 'A', next: ['b-c'] }, 'b-c': { label: 'B', next: [] } })).toBe(
      'stateDiagram-v2\n  a: A\n  b_c: B\n  a --> b_c',
    );
    expect(readFileSync(join(__dirname, '../../../../docs/states.md'), 'utf8')).toBe(statesDoc());
  });
});
