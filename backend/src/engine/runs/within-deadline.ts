import { AppError } from '../../platform/errors/index.js';

interface Call {
  signal: AbortSignal;
  deadlineMs: number;
}

/** A client keeps the deadline itself and knows best what a missed one means; this much later we no longer wait for it. */
export const hardDeadlineMs = (deadlineMs: number) => Math.round(deadlineMs * 1.1);

/** Ends the call when its time is over or the lease is lost, and does not wait for one that ignores its signal. */
export function withinDeadline<Answer>(
  deadlineMs: number,
  lease: AbortSignal,
  act: (call: Call) => Promise<Answer>,
): Promise<Answer> {
  const call = new AbortController();
  return new Promise<Answer>((resolve, reject) => {
    const end = (reason: unknown) => {
      call.abort(reason);
      reject(reason as Error);
    };
    const leaseLost = () => end(lease.reason);
    const timer = setTimeout(() => end(noAnswer()), hardDeadlineMs(deadlineMs));
    lease.addEventListener('abort', leaseLost, { once: true });
    void act({ signal: call.signal, deadlineMs })
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        lease.removeEventListener('abort', leaseLost);
      });
  });
}

const noAnswer = () =>
  new AppError('unknown-outcome', 'no-answer-in-time', 'No answer came in time, so it is not known what became of it.');
