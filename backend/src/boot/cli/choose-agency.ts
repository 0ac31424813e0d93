import type { INestApplicationContext } from '@nestjs/common';
import { AgenciesService, type AgencyName } from '../../modules/tenancy/index.js';
import { Refused } from './refused.js';

/** The agency a command means: named by id or name, or the only one there is. */
export async function chooseAgency(app: INestApplicationContext, wanted?: string): Promise<AgencyName> {
  const agencies = await app.get(AgenciesService).list();
  const found = wanted ? agencies.filter(({ id, name }) => id === wanted || name === wanted) : agencies;
  if (found.length === 1) return found[0];
  if (agencies.length === 0) throw new Refused('There is no agency yet. Make one: switchyard agency create "Its name"');
  const names = agencies.map(({ id, name }) => `  ${id}  ${name}`).join('\n');
  throw new Refused(
    `${wanted ? `"${wanted}" names ${found.length || 'no'} agencies` : 'There are several agencies'}. Say which one with --agency:\n${names}`,
  );
}
