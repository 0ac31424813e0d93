import { Session } from '../session/session';
import { openConsole, textOf, type OpenConsole } from '../testing/console-test';
import { aLibrary, aSnapshot } from '../testing/samples';
import { SnapshotsPage } from './snapshots';

const failure = {
  jobId: 'j1',
  business: 'Bright Smile',
  cause: 'HighLevel could not load it.',
  at: '2026-11-20T09:00:00Z',
};
const library = aLibrary([
  aSnapshot({ id: 'a', name: 'Dental Pro', loads: { done: 1200, underWay: 2, failed: 1, lastFailure: failure } }),
  aSnapshot({ id: 'b', name: 'Clínica estética', vertical: 'Beauty', language: 'es', annotatedAt: null }),
  aSnapshot({ id: 'c', name: 'Old gym', gone: true }),
]);

async function opened(url = '/snapshots', answer = library): Promise<OpenConsole> {
  const mayAll = { provide: Session, useValue: { can: () => true, view: () => null } };
  const console = await openConsole([{ path: 'snapshots', component: SnapshotsPage }], url, [mayAll]);
  console.http.expectOne('/api/snapshots').flush(answer);
  await console.settle();
  return console;
}

const namesOf = ({ page }: OpenConsole) => [...page.querySelectorAll('h2 a')].map(textOf);

describe('the library', () => {
  it('says where each snapshot went, and why a load failed', async () => {
    const { page } = await opened();
    const card = textOf(page.querySelector('app-snapshot-card'));
    expect(card).toContain(`Loaded ${(1200).toLocaleString()} times`);
    expect(card).toContain('2 under way');
    expect(card).toContain('1 failed');
    expect(card).toContain('Bright Smile: HighLevel could not load it.');
    expect(page.querySelector('a[href="/jobs/j1"]')).not.toBeNull();
  });

  it('marks what is gone, and asks to describe what is not described', async () => {
    const { page } = await opened();
    const [, bare, gone] = [...page.querySelectorAll('app-snapshot-card')].map(textOf);
    expect(bare).toContain('Describe it');
    expect(gone).toContain('Gone from HighLevel');
    expect(textOf(page.querySelector('[role=status]'))).toContain('1 not described yet');
  });

  it('is narrowed by what the address says', async () => {
    expect(namesOf(await opened('/snapshots?language=es&search=clinica'))).toEqual(['Clínica estética']);
  });

  it('tells a library in which nothing fits from an empty one', async () => {
    const console = await opened('/snapshots?search=zzz');
    expect(textOf(console.page.querySelector('app-empty-state'))).toContain('No snapshot fits');
    await console.press('Show all snapshots');
    expect(namesOf(console)).toHaveLength(3);
  });

  it('is empty before the first refresh', async () => {
    const { page } = await opened('/snapshots', aLibrary([], { refreshedAt: null, ageSeconds: null }));
    expect(textOf(page.querySelector('app-empty-state'))).toContain('The library is empty');
    expect(textOf(page)).toContain('Never read from HighLevel');
  });

  it('says when it is old, and reads it anew', async () => {
    const console = await opened('/snapshots', aLibrary([aSnapshot()], { ageSeconds: 90_000 }));
    expect(textOf(console.page)).toContain('older than a day');
    await console.press('Refresh');
    console.http.expectOne({ method: 'POST', url: '/api/snapshots/refresh' }).flush(library);
    await console.settle();
    expect(textOf(console.page)).not.toContain('older than a day');
    expect(namesOf(console)).toHaveLength(3);
  });
});
