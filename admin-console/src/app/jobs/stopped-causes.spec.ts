import type { JobCause } from '../api/models';
import { Session } from '../session/session';
import { openConsole, textOf } from '../testing/console-test';
import { JobsPage } from './jobs';

const cause: JobCause = {
  code: 'ghl-refused',
  step: 'create-location',
  state: 'failed',
  jobs: 12,
  newestAt: '2026-11-20T10:00:00Z',
  attention: {
    code: 'ghl-refused',
    cause: 'HighLevel refused the e-mail.',
    nextAction: 'Correct it, then retry.',
    step: 'create-location',
  },
};

describe('why jobs have stopped', () => {
  const mayControl = { provide: Session, useValue: { can: () => true, view: () => null } };
  const opened = (url: string) => openConsole([{ path: 'jobs', component: JobsPage }], url, [mayControl]);

  it('retries all jobs of one cause together', async () => {
    const console = await opened('/jobs?attention=true');
    console.http.expectOne('/api/jobs/causes').flush({ items: [cause] });
    await console.settle();
    expect(textOf(console.page)).toContain('12 jobs: HighLevel refused the e-mail.');
    await console.press('Retry 12');
    const retry = console.http.expectOne('/api/jobs/retry');
    expect(retry.request.body).toEqual({ code: 'ghl-refused', state: 'failed', step: 'create-location' });
    retry.flush({ retried: 12, left: 0 });
    await console.settle();
    console.http.expectOne('/api/jobs/causes').flush({ items: [] });
  });

  it('is not asked for where nobody looks for what stopped', async () => {
    const console = await opened('/jobs');
    console.http.expectNone('/api/jobs/causes');
  });
});
