import type { BatchOutput as Batch, BatchRow } from '../api/models';
import { Session } from '../session/session';
import { aBatch, aCount, aRow } from '../testing/samples';
import { type OpenConsole, openConsole, textOf } from '../testing/console-test';
import { BatchDetailPage } from './batch-detail';

const path = `/api/batches/${aBatch().id}`;

describe('the page of a batch', () => {
  async function opened(batch: Batch, rows: BatchRow[] = [aRow()]): Promise<OpenConsole> {
    const mayAll = { provide: Session, useValue: { can: () => true, view: () => null } };
    const console = await openConsole([{ path: 'batches/:id', component: BatchDetailPage }], `/batches/${batch.id}`, [
      mayAll,
    ]);
    console.http.expectOne(path).flush(batch);
    await console.settle();
    await answerRest(console, rows);
    return console;
  }

  /** Rows, the library and names, as the page asks for them. */
  async function answerRest({ http, settle }: OpenConsole, rows: BatchRow[]): Promise<void> {
    for (const request of http.match(({ url }) => url.endsWith('/rows'))) request.flush({ items: rows, next: null });
    for (const request of http.match('/api/snapshots')) request.flush({ items: [], verticals: [], refreshedAt: null });
    await settle();
  }

  it('says what starting would do before anything is done, and starts that very plan', async () => {
    const console = await opened(aBatch());
    expect(textOf(console.page)).toContain('Sub-accounts to create2');
    expect(textOf(console.page)).toContain('Left out: problems1');
    expect(textOf(console.page)).toContain('1 min 30 s');
    await console.press('Start 2 rows');
    const start = console.http.expectOne(`${path}/start`);
    expect(start.request.body).toEqual({ planHash: 'b'.repeat(64) });
    expect(start.request.headers.get('Idempotency-Key')).toMatch(/\S{20,}/);
    start.flush(aBatch({ state: 'running', plan: null, actions: ['pause', 'cancel'] }));
    await console.settle();
    expect(textOf(console.page)).toContain('Running');
  });

  it('parts the thousands of its counts', async () => {
    const many = 12_000;
    const { page } = await opened(
      aBatch({ counts: aCount({ total: many, ready: many }), plan: { ...aBatch().plan!, create: many } }),
    );
    for (const words of [
      `${many.toLocaleString()} rows`,
      `Start ${many.toLocaleString()} rows`,
      `Ready ${many.toLocaleString()}`,
    ])
      expect(textOf(page)).toContain(words);
    expect(textOf(page)).not.toContain(String(many));
  });

  it('says what is wrong with a row, and what the cell may have meant', async () => {
    const issue = {
      severity: 'problem' as const,
      code: 'phone',
      column: 'Phone',
      message: 'must be an international number such as +14155550100',
      suggestion: '+15125550100',
    };
    const { page } = await opened(aBatch(), [aRow({ state: 'problem', action: null, issues: [issue] })]);
    expect(textOf(page)).toContain('Phone: must be an international number');
    expect(textOf(page)).toContain('Did you mean “+15125550100”?');
  });

  it('offers the closest snapshots of a row that none was chosen for, and tells which one a person took', async () => {
    const issue = {
      ...{ severity: 'problem' as const, code: 'no-snapshot-fits', column: null, suggestion: null },
      message: '“Dental Pro” comes nearest, but is not sure enough.',
    };
    const candidates = ['Dental Pro', 'Med Spa', 'Starter'].map((name, n) => ({
      ...{ id: `s${n}`, name, confidence: 0.4 - n / 10 },
    }));
    const held = aRow({ state: 'problem', action: null, snapshot: null, issues: [issue], candidates });
    const console = await opened(aBatch(), [held]);
    const offered = [...console.page.querySelectorAll('[aria-label="A snapshot for Bright Smile"] button')].map(textOf);
    expect(offered).toEqual([...['Dental Pro 40 % sure', 'Med Spa 30 % sure', 'Choose a snapshot for Bright Smile']]);
    await console.press('Med Spa');
    const change = console.http.expectOne(`${path}/rows`);
    expect(change.request.body).toEqual({ rows: [1], snapshot: { id: 's1' } });
    change.flush(aBatch({ state: 'checking' }));
    await console.settle();
    const snapshot = { id: 's1', name: 'Med Spa', chosenBy: 'person' as const, confidence: null };
    await answerRest(console, [aRow({ snapshot, choice: { id: 's1' } })]);
    expect(textOf(console.page)).toContain('Med Spa chosen here');
  });

  it('asks which column is the one that is missing', async () => {
    const { page } = await opened(
      aBatch({ state: 'draft', plan: null, missingFields: ['email'], actions: ['change'] }),
      [],
    );
    expect(textOf(page)).toContain('No column is Email yet.');
    expect(textOf(page)).not.toContain('The plan');
  });

  it('leaves a row out on request', async () => {
    const console = await opened(aBatch());
    await console.press('Leave out');
    const change = console.http.expectOne(`${path}/rows`);
    expect(change.request.body).toEqual({ rows: [1], excluded: true });
    change.flush(aBatch({ counts: aCount({ total: 3, ready: 1, excluded: 1, problem: 1 }) }));
  });

  it('shows how far it is, and retries one group of failures', async () => {
    const failures = [
      {
        code: 'ghl-refused',
        step: 'create-location',
        rows: 7,
        cause: 'HighLevel refused the e-mail.',
        nextAction: 'Correct it, then retry.',
        jobId: '0193a000-0000-7000-8000-000000000001',
      },
    ];
    const running = aBatch({
      state: 'running',
      plan: null,
      counts: aCount({ total: 100, done: 40, failed: 7, running: 13, queued: 39, problem: 1 }),
      progress: { ended: 47, begun: 99, ratePerMinute: 12.5, timeLeftMs: 250_000, oldestOpen: null },
      failures,
      actions: ['pause', 'cancel', 'retry'],
    });
    const console = await opened(running);
    expect(textOf(console.page)).toContain('47 % 47 of 99 rows have ended');
    expect(textOf(console.page)).toContain('13 rows a minute · about 4 min 10 s left');
    expect(console.page.querySelector('app-batch-bar [role=img]')?.getAttribute('aria-label')).toBe(
      'Done: 40, Need a person: 7, Under way: 13, Not begun: 39',
    );
    await console.press('Retry 7');
    const retry = console.http.expectOne(`${path}/retry`);
    expect(retry.request.body).toEqual({ code: 'ghl-refused', step: 'create-location' });
    retry.flush(running);
  });

  it('shows the reason when the start is refused, and the batch as it is now', async () => {
    const console = await opened(aBatch());
    await console.press('Start 2 rows');
    console.http.expectOne(`${path}/start`).flush(
      {
        type: 'about:blank',
        title: 'Conflict',
        status: 409,
        code: 'plan-stale',
        detail: 'The plan has changed.',
        traceId: 't',
      },
      { status: 409, statusText: 'Conflict' },
    );
    await console.settle();
    expect(textOf(console.page)).toContain('The plan has changed.');
    console.http.expectOne(path).flush(aBatch());
  });
});
