import { snapshotLoadState } from './ghl-snapshot-load.js';

it.each([
  ['queued', [], ['forms'], 'loading'],
  ['processing', [], [], 'loading'],
  ['processing', ['forms'], ['tags'], 'loading'],
  ['processing', ['forms', 'tags'], [], 'loaded'],
  ['completed', ['forms'], [], 'loaded'],
  ['completed', [], [], 'loaded'],
  ['completed', ['forms'], ['workflows'], 'partial'],
  ['incomplete', ['forms'], ['workflows'], 'loading'],
  ['partial', ['forms'], ['workflows'], 'partial'],
  ['partially_failed', ['forms'], ['workflows'], 'partial'],
  ['failed', [], ['forms'], 'failed'],
  ['Load error', ['forms'], ['tags'], 'failed'],
  ['a word we never saw', ['forms'], ['tags'], 'loading'],
] as const)('%s with %j done and %j pending is %s', (status, completed, pending, state) => {
  expect(snapshotLoadState({ status, completed: [...completed], pending: [...pending] })).toBe(state);
});
