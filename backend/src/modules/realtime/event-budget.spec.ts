import { EventBudget } from './event-budget.js';

it('lets a burst and then a steady pace through, and gives a flood up', () => {
  let now = 0;
  const budget = new EventBudget(() => now);
  const spend = (times: number) => Array.from({ length: times }, () => budget.spend());
  expect(new Set(spend(60))).toEqual(new Set(['allowed']));
  expect(budget.spend()).toBe('refused');
  now += 1_000;
  expect(spend(21).filter((verdict) => verdict === 'allowed')).toHaveLength(20);
  expect(spend(1_000).at(-1)).toBe('abusive');
});
