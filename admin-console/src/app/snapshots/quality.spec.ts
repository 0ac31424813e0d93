import type { SnapshotFeedback, SnapshotQuality } from '../api/models';
import { Session } from '../session/session';
import { openConsole, plain, textOf, type OpenConsole } from '../testing/console-test';
import { aFeedback, aQuality } from '../testing/samples';
import { QualityPage } from './quality';

async function opened(quality: SnapshotQuality = aQuality(), may = true): Promise<OpenConsole> {
  const session = { provide: Session, useValue: { can: () => may, view: () => null } };
  const console = await openConsole([{ path: 'quality', component: QualityPage }], '/quality', [session]);
  console.http.expectOne('/api/snapshots/quality').flush(quality);
  await console.settle();
  return console;
}

async function answerChoices({ http, settle }: OpenConsole, items: SnapshotFeedback[]): Promise<void> {
  http.expectOne(({ url }) => url === '/api/snapshots/feedback').flush({ items, next: null });
  await settle();
}

describe('the quality of recommendations', () => {
  it('explains itself while there is nothing to measure', async () => {
    const { page, http } = await opened(aQuality({ decided: 0, accepted: 0, overridden: 0, since: null }));
    expect(textOf(page.querySelector('app-empty-state'))).toContain('Nothing to measure yet');
    http.expectNone(({ url }) => url === '/api/snapshots/feedback');
  });

  it('tells what the language model was asked today, and that it had no answer or has no budget left', async () => {
    const { page } = await opened(aQuality({ model: { name: 'a-model', asked: 200, unanswered: 1, budget: 200 } }));
    expect(textOf(page)).toContain('a-model was asked 200 of 200 times today (UTC). 1 question had no answer');
    expect(textOf(page)).toContain('The budget of the day is used up.');
  });

  it.each([
    [7, true],
    [40, false],
  ])('warns that few decisions say little: %d', async (decided, warned) => {
    const { page } = await opened(aQuality({ decided }));
    expect(textOf(page).includes('read them with care')).toBe(warned);
  });

  it('draws the curves and says them, with the threshold of the agency marked', async () => {
    const { page } = await opened();
    const spoken = [...page.querySelectorAll('svg[role=img], .bars[role=img]')].map((it) =>
      plain(it.getAttribute('aria-label')),
    );
    expect(spoken[0]).toContain('decides 75 % of the cases by itself');
    expect(spoken[1]).toContain('Calibration');
    expect(spoken[2]).toContain('4 of 40 decisions');
    expect(textOf(page.querySelector('app-coverage-plot'))).toContain('Your threshold: 60 %');
    expect(page.querySelectorAll('app-calibration-plot circle')).toHaveLength(2);
  });

  it('draws half a year of weeks, and lists all of them', async () => {
    const overrides = Array.from({ length: 40 }, (_, week) => ({
      week: new Date(Date.UTC(2026, 0, 5 + 7 * week)).toISOString().slice(0, 10),
      ...{ decided: 10, overridden: 2 },
    }));
    const console = await opened(aQuality({ overrides }));
    expect(console.page.querySelectorAll('.week')).toHaveLength(26);
    await console.press('Show as table Chosen otherwise, week by week');
    expect(console.page.querySelectorAll('tbody tr')).toHaveLength(40);
  });

  it('has each figure as a table', async () => {
    const console = await opened();
    expect(console.page.querySelector('table')).toBeNull();
    await console.press('Show as table Right against decided');
    expect(textOf(console.page.querySelector('table'))).toContain('60 % (where your agency stands) 75 %96 %');
    await console.press('Show as table Said against true');
    await console.press('Show as table Chosen otherwise, week by week');
    expect(console.page.querySelectorAll('table')).toHaveLength(3);
  });

  it('forgets a choice after asking, and reckons anew', async () => {
    const console = await opened();
    await answerChoices(console, [aFeedback()]);
    expect(textOf(console.page.querySelector('app-feedback-list'))).toContain(
      'Recommended Dental Pro (71 % sure), chosen Med Spa',
    );
    await console.press('Forget the choice for Bright Smile');
    await console.press('Forget this choice');
    const request = console.http.expectOne({ method: 'DELETE', url: `/api/snapshots/feedback/${aFeedback().id}` });
    request.flush(null, { status: 204, statusText: 'No Content' });
    await console.settle();
    await answerChoices(console, []);
    console.http.expectOne('/api/snapshots/quality').flush(aQuality({ decided: 39 }));
    await console.settle();
    expect(textOf(console.page)).toContain('No choice has been kept yet.');
  });

  it('keeps a choice when the person thinks better of it', async () => {
    const console = await opened();
    await answerChoices(console, [aFeedback()]);
    await console.press('Forget the choice for Bright Smile');
    await console.press('Keep as it is');
    console.http.expectNone({ method: 'DELETE' });
  });

  it('lets nobody forget who may not manage the library', async () => {
    const console = await opened(aQuality(), false);
    await answerChoices(console, [aFeedback()]);
    expect(textOf(console.page.querySelector('app-feedback-list'))).not.toContain('Forget');
  });
});
