import { auto } from './auto.js';
import { beauty, fitness } from './beauty-fitness.js';
import { business, community, retail } from './business-other.js';
import type { Concept } from './concept.js';
import { education, events, food } from './food-events-education.js';
import { health } from './health.js';
import { home } from './home.js';
import { finance, legal, realEstate } from './legal-finance.js';
import { notLocal } from './not-local.js';

const sectors = [
  ...[health, beauty, fitness, home, auto, legal, finance, realEstate],
  ...[food, events, education, business, retail, community, notLocal],
];

/** How well what was made for one line of business serves another one, when nothing says it more exactly. */
const served = { byBroader: 0.75, byNarrower: 0.5, bySibling: 0.3, bySector: 0.06 };

const sectorOf = new Map(sectors.flatMap((sector) => sector.concepts.map(({ id }) => [id, sector])));

export const concepts = new Map<string, Concept>(
  sectors.flatMap((sector) => sector.concepts.map((concept) => [concept.id, concept])),
);

/** Whether clients of this line of business are won by local leads at all. */
export const isLocal = (id: string): boolean => sectorOf.get(id)!.local;

/** The sector of a line of business. */
export const sectorIdOf = (id: string): string => sectorOf.get(id)!.id;

/** Says “some local service”, and nothing about which. */
export const anyLocal = 'any-local';

/** 0 to 1: how well what was made for `made` serves a client whose business is `asked`. */
export function serves(made: string, asked: string): number {
  if (made === asked) return made === anyLocal ? 0 : 1;
  const [madeFor, client] = [concepts.get(made)!, concepts.get(asked)!];
  const said = client.near?.[made];
  if (said !== undefined) return said;
  if (client.in === made) return served.byBroader;
  if (madeFor.in === asked) return served.byNarrower;
  if (client.in && client.in === madeFor.in) return served.bySibling;
  return sectorOf.get(made) === sectorOf.get(asked) && isLocal(made) ? served.bySector : 0;
}
