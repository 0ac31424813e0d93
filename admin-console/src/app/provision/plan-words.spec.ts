import { differencesOf } from './plan-words';

describe('what changed since a plan was made', () => {
  it('is said in words', () => {
    const evidence = {
      differences: [
        'The sub-account now exists',
        { change: 'removed', subject: 'Custom value hours', detail: 'write; value: 9-5 → 8-6' },
        { change: 'added', subject: 'Custom value hours', detail: 'skip' },
      ],
    };
    expect(differencesOf(evidence)).toEqual([
      'The sub-account now exists',
      'No longer planned: Custom value hours (write; value: 9-5 → 8-6)',
      'Now planned: Custom value hours (skip)',
    ]);
  });

  it('is nothing when the evidence does not say', () => {
    expect(differencesOf(undefined)).toEqual([]);
    expect(differencesOf({ differences: 'x' })).toEqual([]);
  });
});
