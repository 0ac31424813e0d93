import fc from 'fast-check';
import type { AiRanking } from '../../integrations/ai/index.js';
import { weighOpinion } from './weigh-opinion.js';

/** The first is chosen when `nothing` scores less; what is left of its confidence is shared by the others' scores. */
function ranking(confidence: number, scores: number[], nothing = 0.3): AiRanking {
  const facts = { facts: [], reasons: [], behind: 'It has less in common.' };
  const choice = scores.length > 0 && scores[0] > nothing ? 'a' : null;
  const others = choice ? scores.slice(1) : scores;
  const sum = others.reduce((total, score) => total + score, 0) || 1;
  const ranked = scores.map((score, at) => {
    const chosen = choice !== null && at === 0;
    return {
      ...facts,
      id: 'abcdefghijklm'[at],
      score,
      confidence: chosen ? confidence : ((1 - confidence) * score) / sum,
    };
  });
  return { choice, confidence, ranked, gist: new Map() };
}
const says = (choice: string | null, confidence = 1) => ({ choice, confidence });

describe('the word of a model', () => {
  it('makes surer when it agrees, by no more than the bound says, however sure it is of itself', () => {
    const by = (confidence: number) => weighOpinion(ranking(0.6, [0.8, 0.4]), says('a', confidence)).confidence;
    expect([by(0), by(0.5), by(1)]).toEqual([0.75, 0.818, 0.857]);
    expect(weighOpinion(ranking(0.4, [0.1, 0]), says(null))).toMatchObject({ choice: null, confidence: 0.727 });
  });

  it('decides between two that score alike, however sure the ranker was of one', () => {
    const decided = weighOpinion(ranking(0.8, [0.45, 0.44, 0.2]), says('b'));
    expect(decided.choice).toBe('b');
    expect(decided.confidence).toBeGreaterThan(0.7);
    expect(decided.ranked.map(({ id }) => id)).toEqual(['b', 'a', 'c']);
    expect(decided.ranked[0]).toMatchObject({ behind: null, reasons: [expect.stringContaining('language model')] });
    expect(decided.ranked[1].behind).toContain('language model preferred');
  });

  it('leaves to a person what it moved from further away', () => {
    const { choice, confidence } = weighOpinion(ranking(0.7, [0.8, 0.53, 0.5]), says('b'));
    expect(choice).toBe('b');
    expect(confidence).toBeLessThan(0.6);
  });

  it('makes less sure where it does not decide', () => {
    const far = weighOpinion(ranking(0.9, [0.8, 0.2]), says('b'));
    expect(far).toMatchObject({ choice: 'a', confidence: 0.692 });
    expect(far.ranked[0].reasons).toEqual([]);
    expect(weighOpinion(ranking(0.9, [0.8, 0.2]), says(null))).toMatchObject({ choice: 'a', confidence: 0.821 });
  });

  it('chooses nothing, or something, where the ranker held that for likely', () => {
    expect(weighOpinion(ranking(0.5, [0.45, 0.1]), says(null))).toMatchObject({ choice: null });
    expect(weighOpinion(ranking(0.9, [0.45, 0.1]), says(null))).toMatchObject({ choice: 'a' });
    expect(weighOpinion(ranking(0.5, [0.2, 0.1]), says('a'))).toMatchObject({ choice: 'a' });
    expect(weighOpinion(ranking(0.9, [0.2, 0.1]), says('a'))).toMatchObject({ choice: null });
  });

  it('does not undo what the agency taught against the score', () => {
    const { ranked, ...offline } = ranking(0.7, [0.5, 0.4, 0.4, 0.4]);
    const taught = { ...offline, ranked: [{ ...ranked[0], score: 0.35 }, ...ranked.slice(1)] };
    expect(weighOpinion(taught, says('b')).choice).toBe('a');
  });

  it('has no effect for something that was never in the list', () => {
    const offline = ranking(0.7, [0.8, 0.3]);
    expect(weighOpinion(offline, says('zz'))).toBe(offline);
  });

  it('is bounded for every ranking and every answer: it moves nothing to what the ranker holds far off', () => {
    const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
    fc.assert(
      fc.property(
        share,
        fc.array(share, { maxLength: 12 }),
        share,
        fc.nat(13),
        share,
        (own, scores, nothing, at, sure) => {
          const offline = ranking(
            own,
            scores.toSorted((a, b) => b - a),
            nothing,
          );
          const said = says(offline.ranked[at]?.id ?? null, sure);
          const after = weighOpinion(offline, said);
          const scoreOf = (id: string | null) => offline.ranked.find((each) => each.id === id)?.score;
          const likely = (id: string | null) => offline.ranked.find((each) => each.id === id)?.confidence ?? 1 - own;
          expect([offline.choice, said.choice]).toContain(after.choice);
          for (const each of [after, ...after.ranked]) {
            expect(each.confidence).toBeGreaterThanOrEqual(0);
            expect(each.confidence).toBeLessThanOrEqual(1);
          }
          expect(after.ranked.map(({ id }) => id).sort()).toEqual(offline.ranked.map(({ id }) => id).sort());
          if (after.choice === offline.choice) return;
          const [now, before] = [scoreOf(after.choice), scoreOf(offline.choice)];
          const close = now !== undefined && before !== undefined && now >= 0.625 * before - 1e-9;
          expect(close || likely(after.choice) * 4 >= own - 1e-9).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
