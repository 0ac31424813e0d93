import { inTurn } from './in-turn.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('inTurn', () => {
  it('lets one at a time through for a key, in the order of asking, also after one that failed', async () => {
    const seen: string[] = [];
    const act = (name: string, ms: number) => async () => {
      seen.push(`${name} begins`);
      await pause(ms);
      seen.push(`${name} ends`);
      if (name === 'b') throw new Error('b failed');
    };
    const ended = await Promise.allSettled([
      inTurn('x', act('a', 15)),
      inTurn('x', act('b', 5)),
      inTurn('x', act('c', 1)),
    ]);
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });
  it('does not let keys wait for each other', async () => {
    const never = inTurn('y', () => pause(50));
    expect(await inTurn('z', async () => 'at once')).toBe('at once');
    await never;
  });
});
