import { provideHttpClient } from '@angular/common/http';
import { TestBed } from '@angular/core/testing';
import { plain, textOf } from '../testing/console-test';
import { aCandidate, aRecommendation } from '../testing/samples';
import { Advice } from './advice';

function shown(advice = aRecommendation()) {
  TestBed.configureTestingModule({ providers: [provideHttpClient()] });
  const fixture = TestBed.createComponent(Advice);
  fixture.componentRef.setInput('advice', advice);
  const taken: string[] = [];
  fixture.componentInstance.take.subscribe((id) => taken.push(id));
  fixture.componentInstance.takeNone.subscribe(() => taken.push('none'));
  fixture.detectChanges();
  const page = fixture.nativeElement as HTMLElement;
  const press = (words: string) =>
    [...page.querySelectorAll('button')].find((button) => textOf(button).includes(words))!.click();
  return { page, taken, press };
}

const three = [
  aCandidate({ confidence: 0.52 }),
  aCandidate({ id: 's2', name: 'Orthodontics', score: 0.6, confidence: 0.3, behind: 'It says “teeth” less plainly.' }),
  aCandidate({ id: 's3', name: 'Med Spa', score: 0.2, confidence: 0.1, learned: 0.2 }),
  aCandidate({ id: 's4', name: 'Gym', score: 0.1, confidence: 0.01 }),
];
const unsure = aRecommendation({ choice: null, held: 'unsure', confidence: 0.52, ranking: three });

describe('what Switchyard recommends', () => {
  it('names the best one, how sure it is, and which words met which facts', () => {
    const { page } = shown();
    const best = textOf(page.querySelector('.chosen'));
    expect(best).toContain('Dental Pro87 %, very likely');
    expect(best).toMatch(/dentist\s?as the industry.*meets\s?Dental\s?its vertical: the same line of business/);
    expect(plain(page.querySelector('app-score-bar')?.getAttribute('aria-label'))).toBe('Score: 100 %');
  });

  it('says every other reason in its sentence, and no fact twice', () => {
    const reasons = [...aCandidate().reasons, 'The agency chose it for a business like this one.'];
    const { page } = shown(aRecommendation({ ranking: [aCandidate({ reasons })] }));
    const best = textOf(page.querySelector('.chosen'));
    expect(best).toContain('The agency chose it for a business like this one.');
    expect(best).not.toContain('“dentist” (industry)');
  });

  it('says why not another, and lets a person take that one', () => {
    const { page, taken, press } = shown();
    expect(textOf(page.querySelector('details'))).toContain('Why not: It has nothing for “dentist”.');
    press('Use this one Med Spa');
    expect(taken).toEqual(['s2']);
  });

  it('puts the candidates side by side when it is not sure, and chooses none of them', () => {
    const { page, taken, press } = shown(unsure);
    expect(page.querySelector('.chosen')).toBeNull();
    expect(textOf(page.querySelector('.held'))).toContain('your agency asks for 60 %');
    const beside = [...page.querySelectorAll('.side-by-side > li')].map(textOf);
    expect(beside).toHaveLength(3);
    expect(beside[1]).toContain('Why not: It says “teeth” less plainly.');
    expect(beside[2]).toContain('Raised by your earlier choices');
    press('Use this one Orthodontics');
    press('Use none');
    expect(taken).toEqual(['s2', 'none']);
  });

  it('says that nothing fits, and what comes closest', () => {
    const { page } = shown(aRecommendation({ choice: null, held: 'none-fits', confidence: 0.9, ranking: three }));
    expect(textOf(page.querySelector('.held'))).toContain('Nothing in the library looks made for this business');
    expect(page.querySelectorAll('.side-by-side > li')).toHaveLength(3);
  });

  it('puts nothing side by side that has nothing in common with the business', () => {
    const far = three.map((candidate) => ({ ...candidate, score: 0, behind: null }));
    const { page } = shown(aRecommendation({ choice: null, held: 'none-fits', ranking: far }));
    expect(page.querySelector('.side-by-side')).toBeNull();
    expect(page.querySelectorAll('.rest > li')).toHaveLength(4);
  });

  it('says who decided, and why the word of a model does not count', () => {
    expect(textOf(shown().page)).not.toContain('language model');
    TestBed.resetTestingModule();
    const { page } = shown(aRecommendation({ by: 'model', note: 'The model answered too late.' }));
    expect(textOf(page)).toContain('A language model took a second look');
    expect(textOf(page.querySelector('.note'))).toContain('The model answered too late.');
  });
});
