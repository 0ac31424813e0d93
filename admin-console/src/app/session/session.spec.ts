import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import { problemInterceptor } from '../http/problem.interceptor';
import { Session } from './session';
import { signedIn } from './session.guard';
import { unauthenticatedInterceptor } from './unauthenticated.interceptor';

const view = {
  agency: { id: 'a', name: 'Harbour' },
  user: { id: 'u', name: 'Ada', email: 'ada@example.com', hasPassword: true },
  role: 'operator',
  permissions: ['jobs.read'],
  expiresAt: null,
};

describe('the session', () => {
  beforeEach(() => {
    TestBed.configureTestingModule({
      providers: [
        provideRouter([
          { path: 'jobs', canActivate: [signedIn], children: [] },
          { path: 'sign-in', children: [] },
          { path: 'unavailable', children: [] },
        ]),
        provideHttpClient(withInterceptors([problemInterceptor, unauthenticatedInterceptor])),
        provideHttpClientTesting(),
      ],
    });
  });

  const go = async (answer: (http: HttpTestingController) => void): Promise<string> => {
    const router = TestBed.inject(Router);
    const going = router.navigateByUrl('/jobs?state=failed');
    await new Promise((resolve) => setTimeout(resolve));
    answer(TestBed.inject(HttpTestingController));
    await going;
    return router.url;
  };

  it('lets someone in who is signed in, and knows what they may do', async () => {
    expect(await go((http) => http.expectOne('/api/session').flush(view))).toBe('/jobs?state=failed');
    expect(TestBed.inject(Session).can('jobs.read')).toBe(true);
    expect(TestBed.inject(Session).can('users.manage')).toBe(false);
  });

  it('asks to sign in, and remembers where to', async () => {
    const url = await go((http) => http.expectOne('/api/session').flush({}, { status: 401, statusText: 'x' }));
    expect(url).toBe('/sign-in?return=%2Fjobs%3Fstate%3Dfailed');
  });

  it('does not take a silent server for a signed-out person', async () => {
    await go((http) => http.expectOne('/api/session').error(new ProgressEvent('error')));
    expect(TestBed.inject(Session).view()).toBeNull();
    expect(TestBed.inject(Router).url).not.toContain('sign-in');
  });

  it('goes to sign-in and back when the session ends in the middle', async () => {
    await go((http) => http.expectOne('/api/session').flush(view));
    TestBed.inject(HttpClient)
      .get('/api/jobs')
      .subscribe({ error: () => undefined });
    TestBed.inject(HttpTestingController).expectOne('/api/jobs').flush({}, { status: 401, statusText: 'x' });
    await new Promise((resolve) => setTimeout(resolve));
    expect(TestBed.inject(Router).url).toBe('/sign-in?return=%2Fjobs%3Fstate%3Dfailed&ended=1');
    expect(TestBed.inject(Session).view()).toBeNull();
  });
});
