import { TestBed } from '@angular/core/testing';
import { Session } from '../session/session';
import { openConsole, textOf } from '../testing/console-test';
import { aPlan } from '../testing/samples';
import { PlanReview } from './plan-review';
import { ProvisioningDraft } from './provisioning-draft';

async function openReview(plan = aPlan(), may = true) {
  sessionStorage.clear();
  const routes = [
    { path: 'provision/review', component: PlanReview },
    { path: 'jobs/:id', children: [] },
  ];
  const test = await openConsole(routes, '/provision/review', [
    { provide: Session, useValue: { view: () => null, can: () => may } },
  ]);
  TestBed.inject(ProvisioningDraft).plan.set(plan);
  await test.settle();
  return test;
}

const stale = { type: 't', title: 'Conflict', status: 409, code: 'plan-stale', detail: 'It moved.', traceId: 't1' };

describe('the review of a plan', () => {
  it('shows what would happen, step by step, from what to what', async () => {
    const { page } = await openReview();
    const steps = [...page.querySelectorAll('.steps > li')].map(textOf);
    expect(steps).toHaveLength(2);
    expect(steps[0]).toContain('Create the sub-account');
    expect(steps[0]).toContain('Sub-account Bright Smile');
    expect(steps[1]).toMatch(/value9-58-6/);
    expect(steps[1]).toContain('Leave as it is');
  });

  it('shows calls, time, warnings, manual tasks and why this snapshot', async () => {
    const { page } = await openReview();
    const text = textOf(page);
    for (const words of [
      '3 min 5 s',
      '16',
      'Nobody is invited',
      'Buy a phone number',
      'The vertical fits',
      'Next bestMed Spa 31 %, possible',
    ])
      expect(text).toContain(words);
  });

  it('says what Switchyard would have chosen when a person chose otherwise, and why a model has no say', async () => {
    const chosen = {
      ...aPlan().snapshot,
      chosenBy: 'person' as const,
      name: 'Med Spa',
      note: 'The model answered too late.',
    };
    const { page } = await openReview(aPlan({ snapshot: chosen }));
    expect(textOf(page)).toContain('Switchyard would choose Dental Pro: 87 %, very likely');
    expect(textOf(page)).toContain('The model answered too late.');
  });

  it('starts exactly the plan that was read', async () => {
    const { http, press, router, settle } = await openReview();
    await press('Approve and start');
    const request = http.expectOne('/api/provision');
    expect(request.request.body.planHash).toBe('a'.repeat(64));
    expect(request.request.headers.has('Idempotency-Key')).toBe(true);
    request.flush({ jobId: 'job-1', title: 't', state: 'ready', planHash: '', plan: aPlan() });
    await settle();
    expect(router.url).toBe('/jobs/job-1');
  });

  it('shows what moved and plans again when the plan is stale', async () => {
    const { http, page, press, settle } = await openReview();
    await press('Approve and start');
    const evidence = { differences: [{ change: 'added', subject: 'Custom value hours', detail: 'write' }] };
    const first = http.expectOne('/api/provision');
    first.flush({ ...stale, evidence }, { status: 409, statusText: 'Conflict' });
    await settle();
    http.expectOne('/api/provision/plan').flush(aPlan({ planHash: 'b'.repeat(64) }));
    await settle();
    expect(textOf(page.querySelector('.stale'))).toContain('Now planned: Custom value hours (write)');
    await press('Approve and start');
    const second = http.expectOne('/api/provision');
    expect(second.request.body.planHash).toBe('b'.repeat(64));
    expect(second.request.headers.get('Idempotency-Key')).not.toBe(first.request.headers.get('Idempotency-Key'));
  });

  it('does not start an expired plan', async () => {
    const { page } = await openReview(aPlan({ expiresAt: new Date(Date.now() - 1_000).toISOString() }));
    expect(textOf(page.querySelector('.bar'))).toContain('Make the plan again');
    expect(textOf(page.querySelector('.bar'))).not.toContain('Approve');
  });

  it('explains why a viewer cannot start', async () => {
    const { page } = await openReview(aPlan(), false);
    expect(page.querySelector<HTMLButtonElement>('.bar button')?.disabled).toBe(true);
    expect(textOf(page.querySelector('.bar'))).toContain('Ask an operator');
  });

  afterEach(() => TestBed.resetTestingModule());
});
