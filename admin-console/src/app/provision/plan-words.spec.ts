import { differencesOf } from './plan-words';

describe('what changed since a plan was made', () => {
  it('is said in words, whatever the evidence looks like', () => {
    const evidence = {
      differences: [
        'The sub-account now exists',
        { field: 'hours', from: '9-5', to: null },
        { subject: 'Snapshot', detail: 'The snapshot is gone' },
      ],
    };
    expect(differencesOf(evidence)).toEqual([
      'The sub-account now exists',
      'hours: was “9-5”, is now nothing',
      'The snapshot is gone',
    ]);
  });

  it('is nothing when the evidence does not say', () => {
    expect(differencesOf(undefined)).toEqual([]);
    expect(differencesOf({ differences: 'x' })).toEqual([]);
  });
});
