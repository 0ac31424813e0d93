import { aCandidate, aRecommendation, aSnapshot } from '../testing/samples';
import { offeredSnapshots } from './offered-snapshots';

const library = [
  aSnapshot({ id: 'z', name: 'Zoo' }),
  aSnapshot({ id: 's2', name: 'Med Spa', language: 'es' }),
  aSnapshot({ id: 'a', name: 'Attorney' }),
  aSnapshot({ id: 's1', name: 'Dental Pro' }),
  aSnapshot({ id: 'g', name: 'Gone', gone: true }),
];
const advice = aRecommendation({
  ranking: [aCandidate({ id: 's1', score: 0.8 }), aCandidate({ id: 's2', score: 0.2 })],
});

describe('the snapshots that are offered', () => {
  it('come in the order of the ranking, then by name, without those that are gone', () => {
    expect(offeredSnapshots(library, advice, {}).map(({ snapshot }) => snapshot.id)).toEqual(['s1', 's2', 'a', 'z']);
  });

  it('have their score beside the best one, and none when they were not ranked', () => {
    expect(offeredSnapshots(library, advice, {}).map(({ share }) => share)).toEqual([1, 0.25, 0, 0]);
    expect(offeredSnapshots(library, undefined, { language: 'es' })).toMatchObject([{ candidate: null, share: 0 }]);
  });
});
