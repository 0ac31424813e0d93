import { HttpErrorResponse } from '@angular/common/http';
import type { Problem } from '../api/models';

/** What every failed request is thrown as, so that pages show one shape and decide by `code`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
}

/** Any thrown thing in the words of a problem; an answer that is not one of ours still gets a sentence. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof HttpErrorResponse) return fromAnswer(error);
  if (error instanceof Error && error.cause !== undefined) return toProblem(error.cause);
  return local('console-fault', 0, 'The console could not do this', error instanceof Error ? error.message : '');
}

function fromAnswer(answer: HttpErrorResponse): Problem {
  const body: unknown = answer.error;
  if (isProblem(body)) return body;
  if (answer.status === 0) {
    return local(
      'unreachable',
      0,
      'Switchyard cannot be reached',
      'The request got no answer. Check the network connection, then try again.',
    );
  }
  return local('unexpected-answer', answer.status, `The server answered ${answer.status}`, answer.statusText);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'title' in body;
}

function local(code: string, status: number, title: string, detail: string): Problem {
  return { type: 'about:blank', title, status, code, detail, traceId: '' };
}
