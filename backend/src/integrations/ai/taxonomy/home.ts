import type { Sector } from './concept.js';
import { building } from './home-building.js';
import { upkeep } from './home-upkeep.js';

export const home: Sector = { id: 'home', local: true, concepts: [...building, ...upkeep] };
