import { MatTableHarness } from '@angular/material/table/testing';
import { TestBed } from '@angular/core/testing';
import { openConsole, textOf } from '../testing/console-test';
import { aJob } from '../testing/samples';
import { JobsPage } from './jobs';

const routes = [{ path: 'jobs', component: JobsPage }];
const open = (url = '/jobs') => openConsole(routes, url);

describe('the list of jobs', () => {
  it('says what it waits for', async () => {
    const { page, settle } = await open();
    await settle();
    expect(textOf(page.querySelector('[role=status]'))).toBe('Loading jobs');
  });

  it('shows jobs with their state in words, the cause and what happens next', async () => {
    const { http, loader, settle } = await open();
    http
      .expectOne(({ url }) => url === '/api/jobs')
      .flush({ items: [aJob({ state: 'waiting', waitingFor: 'connection' })], next: null });
    await settle();
    const table = await loader.getHarness(MatTableHarness);
    const [row] = await (await table.getRows())[0].getCellTextByIndex();
    expect(row).toContain('Waiting');
    expect((await table.getCellTextByColumnName())['title'].text[0]).toContain('Reconnect HighLevel');
  });

  it('shows the problem with its trace, and asks again', async () => {
    const { page, http, press, settle } = await open();
    http
      .expectOne(({ url }) => url === '/api/jobs')
      .flush(
        { type: 't', title: 'Not ready', status: 503, code: 'not-ready', detail: 'Try again', traceId: 'abc123' },
        { status: 503, statusText: 'x' },
      );
    await settle();
    expect(textOf(page.querySelector('app-problem-box'))).toContain('abc123');
    await press('Try again');
    http.expectOne(({ url }) => url === '/api/jobs').flush({ items: [aJob()], next: null });
    await settle();
    expect(page.querySelector('app-problem-box')).toBeNull();
    expect(textOf(page)).toContain('Provision Bright Smile');
  });

  it('tells an empty list from one that a filter made empty', async () => {
    const { page, http, settle } = await open('/jobs?search=zzz');
    const request = http.expectOne(({ url }) => url === '/api/jobs');
    expect(request.request.params.get('search')).toBe('zzz');
    request.flush({ items: [], next: null });
    await settle();
    expect(textOf(page.querySelector('app-empty-state'))).toContain('No job fits');
  });

  it('keeps the page in the address', async () => {
    const { page, http, router, settle } = await open('/jobs?state=failed');
    http.expectOne(({ url }) => url === '/api/jobs').flush({ items: [aJob({ state: 'failed' })], next: 'c1' });
    await settle();
    const buttons = [...page.querySelectorAll<HTMLButtonElement>('nav button')];
    expect(buttons.map(({ disabled }) => disabled)).toEqual([true, false]);
    buttons[1].click();
    await settle();
    expect(router.url).toBe('/jobs?state=failed&trail=c1');
    const second = http.expectOne(({ url }) => url === '/api/jobs').request.params;
    expect(second.get('cursor')).toBe('c1');
    expect(second.get('state')).toBe('failed');
  });

  afterEach(() => TestBed.resetTestingModule());
});
