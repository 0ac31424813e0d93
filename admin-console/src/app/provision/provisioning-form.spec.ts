import { TestBed } from '@angular/core/testing';
import { Session } from '../session/session';
import { openConsole, plain, textOf, type OpenConsole } from '../testing/console-test';
import { aCandidate, aLibrary, aRecommendation, aSnapshot } from '../testing/samples';
import { emptyDraft } from './draft-model';
import { ProvisioningDraft } from './provisioning-draft';
import { ProvisioningForm } from './provisioning-form';

const library = aLibrary([
  aSnapshot(),
  aSnapshot({ id: 's3', name: 'Gym' }),
  aSnapshot({ id: 's2', name: 'Med Spa', customValues: ['Menu Link'] }),
]);
const unsure = aRecommendation({
  ...{ choice: null, held: 'unsure' as const, confidence: 0.5 },
  ranking: [
    aCandidate(),
    aCandidate({ id: 's2', name: 'Med Spa', score: 0.4, behind: 'It says “teeth” less plainly.' }),
  ],
});

/** The form with a business, and the recommendation that was asked for after a pause in the typing. */
async function opened() {
  sessionStorage.clear();
  const session = { provide: Session, useValue: { can: () => true, view: () => null } };
  const console = await openConsole([{ path: 'provision', component: ProvisioningForm }], '/provision', [session]);
  const draft = TestBed.inject(ProvisioningDraft);
  const business = { ...emptyDraft().business, name: 'Bright Smile', services: ['Implants'], goals: 'More bookings' };
  draft.model.set({ ...emptyDraft(), business });
  await console.settle();
  for (const request of console.http.match('/api/snapshots')) request.flush(library);
  await new Promise((resolve) => setTimeout(resolve, 800));
  await console.settle();
  const asked = console.http.expectOne('/api/snapshots/recommend');
  asked.flush(unsure);
  await console.settle();
  return { console, draft, asked };
}

const chosenIn = ({ page }: OpenConsole) => page.querySelector<HTMLInputElement>('input[name=snapshot]:checked');

describe('the form of a provisioning', () => {
  it('asks for a recommendation with all that is known of the business', async () => {
    const { asked } = await opened();
    expect(asked.request.body).toEqual({ name: 'Bright Smile', services: ['Implants'], goals: 'More bookings' });
  });

  it('tells in one line what came of it, and takes the candidate that a person chooses', async () => {
    const { console, draft } = await opened();
    expect(textOf(console.page.querySelector('[role=status]'))).toBe('Not sure enough to choose for you');
    await console.press('Use this one Med Spa');
    expect(draft.model().snapshot).toEqual({ mode: 'choose', id: 's2' });
    expect(chosenIn(console)?.value).toBe('s2');
    expect(document.activeElement).toBe(chosenIn(console));
    expect(textOf(console.page)).toContain('Add the 1 that the snapshot needs');
  });

  it('shows each snapshot of the library with its score and why it is behind', async () => {
    const { console } = await opened();
    await console.press('Use this one Med Spa');
    const choices = [...console.page.querySelectorAll('.choice')].map(textOf);
    expect(choices[0]).toContain('Dental Pro');
    expect(choices[1]).toContain('Why not: It says “teeth” less plainly.');
    expect(choices[2]).toContain('Further behind than the best 2');
    const bars = [...console.page.querySelectorAll('.choice app-score-bar')].map((bar) =>
      plain(bar.getAttribute('aria-label')),
    );
    expect(bars).toEqual(['Score: 100 %', 'Score: 50 %']);
  });

  it('takes none when a person wants an empty sub-account', async () => {
    const { console, draft } = await opened();
    await console.press('Use none');
    expect(draft.model().snapshot).toEqual({ mode: 'none', id: '' });
  });
});
