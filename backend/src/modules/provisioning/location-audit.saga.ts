import { saga } from '../../engine/runs/index.js';
import { LocationAuditInput } from './location-audit-input.js';
import { FirstLook, SecondLook, ThirdLook } from './steps/look-for-second-location.step.js';

/** Long after a sub-account was made: is there a second one? HighLevel may apply a call that we gave up, and tell nobody. */
export const locationAuditSaga = saga('location-audit', {
  version: 1,
  input: LocationAuditInput,
  steps: [FirstLook, SecondLook, ThirdLook],
  background: true,
  retry: { retries: 20, baseMs: 30_000, capMs: 600_000 },
});
