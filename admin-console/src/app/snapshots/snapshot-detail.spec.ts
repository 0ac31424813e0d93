import { TestKey } from '@angular/cdk/testing';
import { MatChipInputHarness } from '@angular/material/chips/testing';
import { MatFormFieldHarness } from '@angular/material/form-field/testing';
import { MatInputHarness } from '@angular/material/input/testing';
import { Session } from '../session/session';
import { openConsole, textOf, type OpenConsole } from '../testing/console-test';
import { aLibrary, aSnapshot } from '../testing/samples';
import { SnapshotDetailPage } from './snapshot-detail';
import { askBeforeLeaving } from '../ui/unsaved-changes.guard';

const bare = aSnapshot({
  ...{ vertical: null, language: null, description: null, contents: [], customValues: [], annotatedAt: null },
});
const load = {
  ...{ jobId: 'j1', business: 'Bright Smile', locationId: 'loc-1', state: 'failed' as const },
  ...{ cause: 'HighLevel could not load it.', at: '2026-11-20T09:00:00Z' },
};

const loadsOf = ({ url }: { url: string }) => url === '/api/snapshots/s1/loads';

async function opened(snapshot = bare, may = true): Promise<OpenConsole> {
  const session = { provide: Session, useValue: { can: () => may, view: () => null } };
  const routes = [
    { path: 'snapshots', children: [] },
    { path: 'snapshots/:id', component: SnapshotDetailPage, canDeactivate: [askBeforeLeaving] },
  ];
  const console = await openConsole(routes, '/snapshots/s1', [session]);
  console.http.expectOne('/api/snapshots').flush(aLibrary([snapshot]));
  await console.settle();
  // A harness waits for requests that are open.
  for (const request of console.http.match(loadsOf)) request.flush({ items: [load], next: 'c2' });
  await console.settle();
  return console;
}

describe('the page of a snapshot', () => {
  it('is where its notes are written, contents and custom values as chips', async () => {
    const console = await opened();
    await fill(console, 'Vertical', 'Dental');
    await fill(console, 'Language', 'ES');
    const [contents, values] = await console.loader.getAllHarnesses(MatChipInputHarness);
    await addChip(contents, 'Recall workflow');
    await addChip(values, 'Booking Link');
    await console.press('Save');
    const request = console.http.expectOne({ method: 'PUT', url: '/api/snapshots/s1/annotation' });
    expect(request.request.body).toEqual({
      ...{ vertical: 'Dental', language: 'es', description: null },
      ...{ contents: ['Recall workflow'], customValues: ['Booking Link'] },
    });
    request.flush(aSnapshot({ contents: ['Recall workflow'] }));
    await console.settle();
    expect(textOf(console.page)).not.toContain('Not saved yet');
  });

  it('takes a pasted list as one chip a line', async () => {
    const console = await opened();
    const input = console.page.querySelector('app-chips-field input')!;
    const paste = new Event('paste', { bubbles: true, cancelable: true });
    Object.assign(paste, { clipboardData: { getData: () => 'One\n Two \n\nOne' } });
    input.dispatchEvent(paste);
    await console.settle();
    const rows = [...console.page.querySelectorAll('app-chips-field:first-of-type mat-chip-row')];
    expect(rows.map((row) => textOf(row.querySelector('.mdc-evolution-chip__text-label')))).toEqual(['One', 'Two']);
  });

  it('says at the field what is wrong, before the server is asked and after', async () => {
    const console = await opened();
    await fill(console, 'Language', 'spanish');
    await console.press('Save');
    expect(await faultsOf(console, 'Language')).toEqual(['Must be a two-letter language code such as en']);
    await fill(console, 'Language', 'es');
    await console.press('Save');
    const vertical = { pointer: '/vertical', detail: 'is not allowed' };
    const contents = { pointer: '/contents/0', detail: 'is too long' };
    const problem = { type: 't', title: 'Bad', status: 400, code: 'validation', detail: '', traceId: 't' };
    console.http
      .expectOne({ method: 'PUT' })
      .flush({ ...problem, errors: [vertical, contents] }, { status: 400, statusText: 'Bad' });
    await console.settle();
    expect(await faultsOf(console, 'Vertical')).toEqual(['Is not allowed']);
    expect(textOf(console.page.querySelector('app-chips-field mat-hint'))).toBe('Is too long');
  });

  it('asks before what was typed is lost', async () => {
    const console = await opened();
    await fill(console, 'Vertical', 'Dental');
    void console.router.navigateByUrl('/snapshots');
    await console.settle();
    await console.press('Stay on this page');
    expect(console.router.url).toBe('/snapshots/s1');
    const leaving = console.router.navigateByUrl('/snapshots');
    await console.settle();
    await console.press('Leave without saving');
    await leaving;
    expect(console.router.url).toBe('/snapshots');
  });

  it('asks nothing when nothing was typed', async () => {
    const { router } = await opened();
    await router.navigateByUrl('/snapshots');
    expect(router.url).toBe('/snapshots');
  });

  it('lists where it was loaded, with the cause in words and a link to the job', async () => {
    const console = await opened();
    const list = textOf(console.page.querySelector('app-snapshot-loads'));
    expect(list).toContain('Failed');
    expect(list).toContain('HighLevel could not load it.');
    expect(console.page.querySelector('a[href="/jobs/j1"]')).not.toBeNull();
    await console.press('Older');
    const older = console.http.expectOne(loadsOf);
    expect(older.request.params.get('after')).toBe('c2');
  });

  it('shows the notes to whoever may not change them', async () => {
    const { page } = await opened(aSnapshot(), false);
    expect(page.querySelector('app-annotation-form')).toBeNull();
    expect(textOf(page)).toContain('Recall workflow');
    expect(textOf(page)).toContain('English');
  });

  it('says when there is no such snapshot', async () => {
    const { page } = await opened(aSnapshot({ id: 'other' }));
    expect(textOf(page.querySelector('app-empty-state'))).toContain('no such snapshot');
  });
});

async function fill({ loader, settle }: OpenConsole, label: string, text: string): Promise<void> {
  const field = await loader.getHarness(MatFormFieldHarness.with({ floatingLabelText: label }));
  await (await field.getControl(MatInputHarness))!.setValue(text);
  await settle();
}

async function faultsOf({ loader }: OpenConsole, label: string): Promise<string[]> {
  return (await loader.getHarness(MatFormFieldHarness.with({ floatingLabelText: label }))).getTextErrors();
}

async function addChip(input: MatChipInputHarness, text: string): Promise<void> {
  await input.setValue(text);
  await input.sendSeparatorKey(TestKey.ENTER);
}
