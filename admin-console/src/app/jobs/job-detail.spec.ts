import { TestBed } from '@angular/core/testing';
import { MatButtonHarness } from '@angular/material/button/testing';
import { MatDialogHarness } from '@angular/material/dialog/testing';
import { MatInputHarness } from '@angular/material/input/testing';
import { Session } from '../session/session';
import { openConsole, textOf } from '../testing/console-test';
import { aDetail, aStep } from '../testing/samples';
import { JobDetailPage } from './job-detail';

const signedIn = (may: string[]) => ({
  provide: Session,
  useValue: { view: () => null, can: (permission: string) => may.includes(permission) },
});

async function openJob(job = aDetail(), may = ['jobs.undo', 'jobs.control']) {
  const test = await openConsole([{ path: 'jobs/:id', component: JobDetailPage }], `/jobs/${job.id}`, [signedIn(may)]);
  test.http.expectOne(`/api/jobs/${job.id}`).flush(job);
  await test.settle();
  test.http.match(({ url }) => url.endsWith('/log')).forEach((request) => request.flush({ lines: [], lastSeq: 0 }));
  await test.settle();
  return { ...test, job };
}

describe('the page of a job', () => {
  it('says why it failed and what to do', async () => {
    const attention = { code: 'x', cause: 'HighLevel refused the address.', nextAction: 'Correct it and retry.' };
    const { page } = await openJob(aDetail({ state: 'failed', attention }));
    expect(textOf(page.querySelector('.why'))).toBe('HighLevel refused the address. Next: Correct it and retry.');
  });

  it('shows progress, the id and how it is known', async () => {
    const step = aStep({
      state: 'intent',
      finishedAt: null,
      progress: { done: 137, total: 150 },
      via: 'search',
      externalId: 'loc1',
    });
    const { page } = await openJob(aDetail({ steps: [step] }));
    const timeline = textOf(page.querySelector('app-step-timeline'));
    expect(timeline).toContain('137/150');
    expect(timeline).toContain('loc1');
    expect(timeline).toContain('Found by looking in HighLevel');
  });

  it('offers only what the role may do', async () => {
    const { page } = await openJob(aDetail({ actions: ['retry', 'undo'] }), ['jobs.control']);
    const buttons = [...page.querySelectorAll('app-page-header button')].map(textOf);
    expect(buttons).toEqual(['refreshRetry']);
  });

  it('undoes only after the title was typed', async () => {
    const { http, job, loader, press, settle } = await openJob();
    await press('Undo');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const dialog = await loader.getHarness(MatDialogHarness);
    const agree = await dialog.getHarness(MatButtonHarness.with({ text: 'Undo the job' }));
    expect(await dialog.getContentText()).toContain('Takes back: Create the sub-account');
    const field = await dialog.getHarness(MatInputHarness);
    await field.setValue('Provision Bright');
    expect(await agree.isDisabled()).toBe(true);
    await field.setValue(job.title);
    expect(await agree.isDisabled()).toBe(false);
    await press('Undo the job');
    await settle();
    const request = http.expectOne(`/api/jobs/${job.id}/undo`);
    expect(request.request.body).toEqual({ confirm: job.title });
    request.flush(aDetail({ state: 'undoing', actions: [] }));
  });

  it('shows in place why an act failed, and lets it be repeated', async () => {
    const { http, job, page, press, settle } = await openJob(aDetail({ actions: ['retry'] }));
    await press('Retry');
    http.expectOne(`/api/jobs/${job.id}/retry`).error(new ProgressEvent('error'));
    await settle();
    expect(textOf(page.querySelector('app-problem-box'))).toContain('cannot be reached');
    await press('Retry');
    http.expectOne(`/api/jobs/${job.id}/retry`).flush(aDetail({ state: 'ready', actions: [] }));
    await settle();
    expect(page.querySelector('app-problem-box')).toBeNull();
  });

  afterEach(() => TestBed.resetTestingModule());
});
