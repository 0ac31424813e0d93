import type { SimState } from '../../backend/src/integrations/ghl/simulator/state.js';
import type { PlanProvisioning } from '../../backend/src/modules/provisioning/provisioning.schema.js';
import type { KillableProduct } from './killable-product.js';

export interface Order {
  key: string;
  request: Pick<PlanProvisioning, 'business' | 'customValues' | 'users'> & Record<string, unknown>;
  /** Set once the product has accepted it. */
  jobId?: string;
}

/** Somebody who works for every client: HighLevel knows him, and many jobs change his list at once. */
export const sharedPerson = 'dale.whitcomb@northwindgrowth.example';

/** Four kinds of work in turn: with a snapshot, without, with a shared person, and into a sub-account that exists. */
export function anOrder(index: number, snapshotId: string): Order {
  const name = `Chaos ${index}`;
  const person = (first: string, email: string) => ({
    firstName: first,
    lastName: 'Lee',
    email,
    role: 'user' as const,
    type: 'account' as const,
  });
  const users = [person('Ann', `ann.${index}@chaos.example`), person('Bo', `bo.${index}@chaos.example`)];
  return {
    key: `chaos-${index}`,
    request: {
      business: { name, email: emailFor(index), city: 'Austin', country: 'US', timezone: 'America/Chicago' },
      snapshot: index % 4 === 1 ? 'none' : { id: snapshotId },
      customValues: ['One', 'Two', 'Three'].map((word) => ({ name: `Chaos ${word}`, value: `${word} ${index}` })),
      users: index % 4 === 2 ? [...users, person('Dale', sharedPerson)] : users,
      existing: index % 4 === 3 ? 'adopt' : 'refuse',
    },
  };
}

export const isAdoption = (index: number) => index % 4 === 3;
const emailFor = (index: number) => `owner.${index}@chaos.example`;

/** The sub-accounts that are there before, for the orders that take one over. */
export function seededLocations(state: SimState, orders: number) {
  const [{ id: companyId }] = state.companies;
  const locations = Array.from({ length: orders }, (_, index) => index)
    .filter(isAdoption)
    .map((index) => ({
      id: `seeded${index}`,
      companyId,
      name: `Chaos ${index}`,
      fields: { email: emailFor(index) },
      active: true,
      createdAt: 0,
      visibleAt: 0,
    }));
  return { locations };
}

/** Asks until it is accepted; the key makes the second asking the same as the first. True: it was accepted now. */
export async function place(product: KillableProduct, order: Order): Promise<boolean> {
  try {
    const answer = await product.ask('POST', '/api/provision', order.request, { 'idempotency-key': order.key });
    if (answer.status === 202) order.jobId = answer.json<{ jobId: string }>().jobId;
    else if (answer.status < 500 && answer.status !== 429)
      throw new Refused(`${order.key} was answered ${answer.status}: ${answer.text}`);
  } catch (error) {
    if (error instanceof Refused) throw error;
    // No answer: the product was killed, and the order is placed again with the same key.
  }
  return order.jobId !== undefined;
}

class Refused extends Error {}
