/** The numbers of the ranker that are judgement. Each is the same for every library and every language. */

/** How much a word tells of a client's business, by where it stands. A name alone is all there is; beside facts it is a brand. */
export const intakeWeights = { industry: 1, description: 1, services: 0.8, goals: 0.1, name: 0.75 } as const;
export const nameBesideFacts = 0.12;

/** How much a word tells of what a snapshot is made for. */
export const snapshotWeights = { name: 1, vertical: 0.92, description: 0.8, contents: 0.35 } as const;

/** A word that points to several lines of business, one set right, words in another order, and one more word of a name. */
export const hintWeight = 0.4;
/** What is left of a hint in a snapshot's name that also says something plainly: “Water & Fire Restoration” lays no pipes. */
export const hintBesidePlain = 0.5;
/** A word that is a part of a name, without the rest of it. */
export const partWeight = 0.25;
export const typoWeight = 0.85;
export const scatteredWeight = 0.75;
export const moreWordsBonus = 0.15;

/** What a word is worth after “not”, “formerly”, “next to”, “for” (whom they serve), “also”, and “mainly”. */
export const cueWeights = { negated: 0, former: 0.05, nearby: 0.1, audience: 0.3, secondary: 0.5, main: 1.4 } as const;

/** The first line of business that is named; what stands in brackets. */
export const firstNamed = 1.3;
export const inBrackets = 0.6;

/** Later clauses tell less: the main service is said first. */
export const laterClause = 0.07;
export const leastClause = 0.5;

/** What is left of a class of leftovers beside something exact. */
export const vagueShare = 0.35;
/** Another field that speaks of the same sector makes a line of business likelier. */
export const sameSector = 1.5;

/** What is left of a trade's weight when its line also says that it is a wholesaler's or a factory's. */
export const tradeBesideSector = 0.15;

/** How much the words themselves count beside the taxonomy, with and without knowledge of the line of business. */
export const lexicalShare = { known: 0.22, unknown: 0.6 } as const;

/** What is left of a purpose that only the description has, and that has nothing to do with the snapshot's name. */
export const foreignPurpose = 0.6;
/** “Law firm – divorce” is made for divorces; that it is a law firm's only says where. */
export const broaderPurpose = 0.5;

/** A snapshot for any local business scores this for a client whose line of business has none of its own. */
export const fallbackScore = 0.45;
/** What is left of that where another snapshot serves the client's main line of business at least so well. */
export const besideItsOwn = 0.6;
export const madeForIt = 0.65;
/** Of two that are for anyone, the one whose vertical names a line of business comes second. */
export const besideVertical = 0.97;
/** Below this nothing fits: when the line of business is unknown, and when it is known and only something near is there. */
export const abstainScore = { unknown: 0.3, known: 0.43 } as const;
