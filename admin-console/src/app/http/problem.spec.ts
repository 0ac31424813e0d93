import { HttpErrorResponse } from '@angular/common/http';
import { newSubmissionKey } from './idempotency';
import { ProblemError, toProblem } from './problem';

describe('problems', () => {
  const problem = { type: 't', title: 'T', status: 409, code: 'plan-stale', detail: 'd', traceId: 'x' };

  it('are taken from the answer', () => {
    expect(toProblem(new HttpErrorResponse({ status: 409, error: problem }))).toEqual(problem);
    expect(toProblem(new ProblemError(problem))).toEqual(problem);
    expect(toProblem(new Error('wrapped', { cause: new ProblemError(problem) }))).toEqual(problem);
  });

  it('get words when there was no answer, or one that is not ours', () => {
    expect(toProblem(new HttpErrorResponse({ status: 0 })).code).toBe('unreachable');
    expect(toProblem(new HttpErrorResponse({ status: 502, error: '<html>' })).title).toContain('502');
    expect(toProblem(new TypeError('x')).code).toBe('console-fault');
  });

  it('leave each submission a key of its own', () => {
    expect(newSubmissionKey()).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(newSubmissionKey()).not.toBe(newSubmissionKey());
  });
});
