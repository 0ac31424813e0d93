/**
 * One line of business, with the words by which people name it.
 *
 * The taxonomy was written for this project from general knowledge; its sectors follow the broad lines of the public
 * NAICS classification (a work of the US government, in the public domain). It has the licence of the project. While it
 * grew it was measured on labelled intakes (`npm run eval:snapshots`), so its figures on those are an upper bound.
 *
 * Words are kept without accents or capitals, several to a string, with commas between. A star stands for any ending.
 */
export interface Concept {
  id: string;
  /** The broader line of business: who serves that one, serves this one too, if nothing closer is there. */
  in?: string;
  /** A class of leftovers: beside anything exact it says little. */
  vague?: true;
  en: string;
  es?: string;
  fr?: string;
  de?: string;
  /** Words that point here, and elsewhere too: they count for less. */
  hint?: string;
  /** Other lines of business, and how well (0 to 1) what is made for them would serve this one. */
  near?: Record<string, number>;
}

/** Lines of business that have something in common, without one serving the other. */
export interface Sector {
  id: string;
  /** False where clients are not won by local leads: no snapshot of an agency serves a steel mill. */
  local: boolean;
  concepts: Concept[];
}
