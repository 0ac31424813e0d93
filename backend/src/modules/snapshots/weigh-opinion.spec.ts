import fc from 'fast-check';
import type { AiRanking } from '../../integrations/ai/index.js';
import { weighOpinion } from './weigh-opinion.js';

/** The ranker's decision, the chosen one first; what is left of its confidence is shared by the others. */
function ranking(confidence: number, others: number[], choice: string | null = 'a'): AiRanking {
  const facts = { score: 0, facts: [], reasons: [], behind: 'It has less in common.' };
  const chosen = choice === null ? [] : [{ ...facts, id: choice, confidence, behind: null }];
  const ranked = [...chosen, ...others.map((each, at) => ({ ...facts, id: `b${at}`, confidence: each }))];
  return { choice, confidence, ranked } as unknown as AiRanking;
}
const sure = { confidence: 1 };

describe('the word of a model', () => {
  it('makes surer when it agrees, and less sure when it does not', () => {
    const offline = ranking(0.7, [0.2, 0.1]);
    expect(weighOpinion(offline, { choice: 'a', ...sure })).toMatchObject({ choice: 'a', confidence: 0.903 });
    expect(weighOpinion(offline, { choice: 'b1', ...sure })).toMatchObject({ choice: 'a', confidence: 0.579 });
    expect(weighOpinion(offline, { choice: null, ...sure })).toMatchObject({ choice: 'a', confidence: 0.551 });
  });

  it('decides between two that were close, and says so', () => {
    const decided = weighOpinion(ranking(0.45, [0.4, 0.15]), { choice: 'b0', ...sure });
    expect(decided).toMatchObject({ choice: 'b0', confidence: 0.609 });
    expect(decided.ranked.map(({ id }) => id)).toEqual(['b0', 'a', 'b1']);
    expect(decided.ranked[0]).toMatchObject({ behind: null, reasons: [expect.stringContaining('language model')] });
    expect(decided.ranked[1].behind).toContain('language model preferred');
  });

  it('moves nothing to what the ranker holds for far less likely', () => {
    expect(weighOpinion(ranking(0.7, [0.15, 0.15]), { choice: 'b0', ...sure }).choice).toBe('a');
    expect(weighOpinion(ranking(0.9, [0.1], null), { choice: 'b0', ...sure }).choice).toBeNull();
  });

  it('counts for no more by being sure of itself than the bound says', () => {
    const offline = ranking(0.6, [0.4]);
    const by = (confidence: number) => weighOpinion(offline, { choice: 'a', confidence }).confidence;
    expect([by(0), by(0.5), by(1)]).toEqual([0.75, 0.818, 0.857]);
  });

  it('is not believed where the ranker knows nothing at all', () => {
    expect(weighOpinion(ranking(0.4, [0, 0], null), { choice: null, ...sure })).toMatchObject({ confidence: 0.727 });
    expect(weighOpinion(ranking(0.4, [0, 0], null), { choice: 'b0', ...sure })).toMatchObject({ choice: null });
  });

  it('has no effect for something that was never in the list', () => {
    expect(weighOpinion(ranking(0.7, [0.3]), { choice: 'zz', ...sure }).choice).toBe('a');
  });

  const likelihoods = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 12 });
  it('is bounded for every ranking and every answer: what it moves to was a quarter as likely before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99 }),
        likelihoods,
        fc.nat(12),
        fc.boolean(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (percent, shares, at, none, confidence) => {
          const p = percent / 100;
          const sum = shares.reduce((total, share) => total + share, 0) || 1;
          const offline = ranking(
            p,
            shares.map((share) => ((1 - p) * share) / sum),
            none ? null : 'a',
          );
          const said = offline.ranked[at]?.id ?? null;
          const { choice, confidence: after, ranked } = weighOpinion(offline, { choice: said, confidence });
          expect([offline.choice, said]).toContain(choice);
          expect(after).toBeGreaterThanOrEqual(0);
          expect(after).toBeLessThanOrEqual(1);
          expect(ranked.map(({ id }) => id).sort()).toEqual(offline.ranked.map(({ id }) => id).sort());
          const likely = (id: string | null) => offline.ranked.find((each) => each.id === id)?.confidence ?? 1 - p;
          if (choice !== offline.choice) expect(likely(choice) * 4).toBeGreaterThanOrEqual(p * 0.999);
        },
      ),
    );
  });
});
