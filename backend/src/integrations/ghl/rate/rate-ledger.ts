import type { RateAnswer } from './rate-answer.js';
import type { Grant, RateIncident, RateView, Ruling } from './rate-bucket.js';
import type { Wants } from './rate-rules.js';

/**
 * The books of all resources, in this process or shared by many. Every question is answered soon and nothing is ever
 * rejected: books that cannot be reached have something to say, too.
 */
export abstract class RateLedger {
  /** Slots for those who wait here, as far as there are any now or in a moment. */
  abstract ask(resource: string, wants: Wants): Promise<Ruling>;
  abstract settle(resource: string, grant: Grant, answer: RateAnswer): Promise<RateIncident | undefined>;
  /** The call was not sent. */
  abstract giveBack(resource: string, grant: Grant): Promise<void>;
  abstract look(resource: string, waitingHere: number): Promise<RateView>;
}
