import type { Clock } from '../../platform/clock/clock.js';

/** Failures that repeat by themselves: one is enough. */
const needsPerson = new Set(['chat-quota-spent', 'chat-key-refused', 'chat-model-unknown', 'chat-request-refused']);
/** The endpoint's, not the question's. */
const endpointFailed = new Set(['chat-deadline', 'chat-unreachable', 'chat-unavailable', 'chat-rate-limited']);

const failuresInARow = 5;
const restMs = 30_000;

/** Leaves an endpoint alone for a while that keeps failing, so that nobody waits for it in vain. Each process for itself. */
export class ModelRest {
  private failures = 0;
  private until = 0;

  constructor(private readonly clock: Clock) {}

  get isOn(): boolean {
    return this.clock.monotonic() < this.until;
  }

  answered(): void {
    this.failures = 0;
  }

  failed(code: string): void {
    if (endpointFailed.has(code)) this.failures++;
    if (!needsPerson.has(code) && this.failures < failuresInARow) return;
    this.failures = 0;
    this.until = this.clock.monotonic() + restMs;
  }
}
