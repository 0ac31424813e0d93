import { plain } from '../testing/console-test';
import { aCandidate, aRecommendation } from '../testing/samples';
import { adviceNews, heldWords, learnedWords, sureness } from './fit-words';

describe('how well a snapshot fits, in words', () => {
  it.each([
    [0.97, '97 %, almost certain'],
    [0.8, '80 %, very likely'],
    [0.5, '50 %, likely'],
    [0.3, '30 %, possible'],
    [0, '0 %, unlikely'],
  ])('%d is "%s"', (confidence, words) => {
    expect(plain(sureness(confidence))).toBe(words);
  });

  it('says nothing is held when one was chosen', () => {
    expect(heldWords(aRecommendation())).toBeNull();
  });

  it('names the best one and what the agency asks for when it is not sure enough', () => {
    const held = heldWords(aRecommendation({ choice: null, held: 'unsure', confidence: 0.52, threshold: 0.6 }));
    expect(plain(held?.text)).toBe('“Dental Pro” comes closest (52 %, likely), but your agency asks for 60 %.');
  });

  it('tells "none fits" from a library with nothing in it', () => {
    const none = { choice: null, held: 'none-fits', confidence: 0.91 } as const;
    expect(plain(heldWords(aRecommendation({ ...none, ranking: [aCandidate()] }))?.text)).toContain(
      '91 %, almost certain',
    );
    const far = [aCandidate({ score: 0 })];
    expect(heldWords(aRecommendation({ ...none, ranking: far }))?.text).toContain('None comes near');
    expect(heldWords(aRecommendation({ ...none, ranking: [] }))?.text).toContain('no snapshot to choose from');
  });

  it('says what it comes to in one line', () => {
    expect(plain(adviceNews(aRecommendation()))).toBe('Recommended: Dental Pro, 87 %, very likely');
    expect(adviceNews(aRecommendation({ choice: null, held: 'none-fits' }))).toContain('Nothing in the library');
  });

  it('marks what the agency taught, and only that', () => {
    expect(learnedWords(0)).toBeNull();
    expect(learnedWords(0.1)?.label).toContain('Raised');
    expect(learnedWords(-0.1)?.label).toContain('Lowered');
  });
});
