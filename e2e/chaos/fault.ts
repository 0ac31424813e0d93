import type { Try } from './try.js';
import type { Mode, WorldOptions } from './world.js';

/** What is done to the product, and what must hold besides what the checker always looks at. */
export interface Fault {
  /** As in the list of faults: F01, F02 … */
  id: string;
  title: string;
  /** In own words, for the report. */
  holds: string;
  modes: readonly Mode[];
  /** It hits nothing but its own orders, so it may run beside others. Others have the world for themselves. */
  gentle?: boolean;
  /** Takes minutes: it is played only when it is named. */
  isLong?: boolean;
  /** Needs another world than most; those that need the same share it. */
  world?: WorldOptions;
  /** Makes work, injects and heals. The driver waits for the end of the work afterwards, and lets the checker judge. */
  run(on: Try): Promise<void>;
}

export const both = ['embedded', 'cluster'] as const;

/** A machine that does other things as well is several times slower; bounds in wall time are widened by this. */
export const slack = 4;
