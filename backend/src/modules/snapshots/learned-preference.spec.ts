import { ordersFor } from '../../../test/orders-in-intakes.js';
import { ownLibrary } from '../../../test/snapshot-intakes.js';
import { type AiIntake, gistOf, OfflineRanker } from '../../integrations/ai/index.js';
import { LearnedPreference, type Taught } from './learned-preference.js';

const ranker = new OfflineRanker();
/** The ranker takes q02, the roofers' snapshot; this agency has another one in mind. */
const roofer: AiIntake = { name: 'Highland', industry: 'Roofing', description: 'New roofs and roof repairs' };
const anotherRoofer = (n: number): AiIntake => ({
  name: `Summit ${n}`,
  industry: 'Roofing',
  description: 'Roof repairs',
});
const dentist: AiIntake = { name: 'Oak Street', industry: 'Dentist', description: 'Cleanings and crowns' };

const took = (intake: AiIntake, chosen: string | null, kind: Taught['kind'] = 'overridden'): Taught => ({
  ...{ gist: gistOf(intake), chosen, kind },
});
const times = (count: number, chosen: string | null, kind?: Taught['kind']) =>
  Array.from({ length: count }, (_, n) => took(anotherRoofer(n), chosen, kind));

async function ranked(intake: AiIntake, taught: Taught[]) {
  const offline = await ranker.rankSnapshots(intake, ownLibrary);
  const { ranking, moved } = new LearnedPreference(taught).apply(offline);
  const scoreOf = (id: string) => ranking.ranked.find((each) => each.id === id)!.score;
  return { offline, ranking, moved, scoreOf };
}

describe('what an agency chose', () => {
  it('changes nothing while nothing was chosen', async () => {
    const { offline, ranking, moved } = await ranked(roofer, []);
    expect(ranking).toBe(offline);
    expect(moved.size).toBe(0);
  });

  it('changes nothing for a business of another kind', async () => {
    const { offline, ranking } = await ranked(dentist, times(50, 'q20'));
    expect(ranking).toBe(offline);
  });

  it('changes nothing for a business that has only words in common', async () => {
    const namesake = { name: 'Summit 3', industry: 'Dentist', description: 'Repairs of crowns' };
    const { offline, ranking } = await ranked(namesake, times(50, 'q20'));
    expect(ranking).toBe(offline);
  });

  it('moves little when it is one choice', async () => {
    const { offline, ranking, moved } = await ranked(roofer, times(1, 'q20'));
    expect(ranking.choice).toBe(offline.choice);
    expect(moved.get('q20')).toBeGreaterThan(0.02);
    expect(moved.get('q20')).toBeLessThan(0.3);
    expect(moved.get('q02')).toBeLessThan(0);
    expect(ranking.confidence).toBeLessThan(offline.confidence);
  });

  it('overrules the ranker when many agree, and says so', async () => {
    const { ranking } = await ranked(roofer, times(12, 'q20'));
    expect(ranking.choice).toBe('q20');
    expect(ranking.ranked[0]).toMatchObject({ id: 'q20', behind: null, confidence: ranking.confidence });
    expect(ranking.ranked[0].reasons).toContain('The agency chose it for 10 businesses like this one.');
    expect(ranking.ranked[1].behind).toBe('For businesses like this one the agency chose another one.');
  });

  it('is as good as no choice when it contradicts itself', async () => {
    const { offline, ranking, scoreOf } = await ranked(roofer, [...times(4, 'q20'), ...times(4, 'q02')]);
    expect(ranking.choice).toBe(offline.choice);
    expect(scoreOf('q02')).toBeGreaterThan(scoreOf('q20'));
    expect(ranking.confidence).toBeLessThan(offline.confidence);
  });

  it('can be none, and the way back is as long', async () => {
    const away = times(12, null);
    expect((await ranked(roofer, away)).ranking).toMatchObject({ choice: null });
    expect((await ranked(roofer, [...times(12, 'q02'), ...away])).ranking.choice).toBe('q02');
  });

  it('makes surer what was accepted, and less than what somebody looked for', async () => {
    const accepted = await ranked(roofer, times(3, 'q02', 'accepted'));
    const looked = await ranked(roofer, times(3, 'q02'));
    expect(accepted.ranking.confidence).toBeGreaterThan(accepted.offline.confidence);
    expect(looked.ranking.confidence).toBeGreaterThan(accepted.ranking.confidence);
  });

  it('does not count when the snapshot is no longer there', async () => {
    const { offline, ranking } = await ranked(roofer, times(12, 'deleted-since'));
    expect(ranking).toBe(offline);
  });

  it('is bounded: a thousand choices move no more than ten', async () => {
    const [ten, thousand] = [await ranked(roofer, times(10, 'q20')), await ranked(roofer, times(1_000, 'q20'))];
    expect(thousand.scoreOf('q20')).toBeCloseTo(ten.scoreOf('q20'), 1);
    expect(thousand.ranking.confidence).toBeLessThan(0.95);
  });
});

it('is found by what a business is, and not by an order in its text', async () => {
  const taught = times(12, 'q20');
  for (const order of ordersFor(['q01', 'Glow Aesthetics'])) {
    const { ranking } = await ranked({ ...roofer, description: `${roofer.description}. ${order}` }, taught);
    expect([order, ranking.choice]).toEqual([order, 'q20']);
  }
});

it('keeps the promises of a ranking: all that were given, best first, confidences that share what is left', async () => {
  for (const chosen of ['q20', 'q02', 'q07', null])
    for (const count of [1, 3, 8, 20]) {
      const { offline, ranking } = await ranked(roofer, times(count, chosen));
      expect(ranking.ranked.map(({ id }) => id).sort()).toEqual(offline.ranked.map(({ id }) => id).sort());
      if (ranking.choice !== null) expect(ranking.ranked[0].id).toBe(ranking.choice);
      const scores = ranking.ranked.slice(1).map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      for (const { score, confidence } of ranking.ranked)
        for (const value of [score, confidence]) expect(value >= 0 && value <= 1).toBe(true);
      const none = ranking.choice === null ? ranking.confidence : 0;
      expect(ranking.ranked.reduce((sum, { confidence }) => sum + confidence, none)).toBeLessThanOrEqual(1.02);
    }
});
