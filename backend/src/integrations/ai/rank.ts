import type { AiCandidate, AiIntake } from './ai.port.js';
import { type LexicalIndex, indexOf, type Meeting } from './lexical.js';
import { abstainScore, besideItsOwn, fallbackScore, lexicalShare, madeForIt } from './parameters.js';
import { withoutQuotedNames } from './quoted-names.js';
import { type Evidence, type IntakeRead, readIntake } from './read-intake.js';
import { type Purpose, readSnapshot, type SnapshotRead } from './read-snapshot.js';
import { anyLocal, isLocal, serves } from './taxonomy/taxonomy.js';

/** A library that was read once, for any number of questions. */
export interface ReadLibrary {
  snapshots: SnapshotRead[];
  index: LexicalIndex;
}

export function readLibrary(candidates: AiCandidate[]): ReadLibrary {
  const snapshots = candidates.map(readSnapshot);
  return { snapshots, index: indexOf(snapshots) };
}

/** One line of business of the client, and what in the snapshot is made for it or comes near it. */
export interface Agreement {
  asked: Evidence;
  made: Purpose;
  serves: number;
}

export interface Scored {
  snapshot: SnapshotRead;
  score: number;
  /** How well the lines of business agree, and how alike the words are: both 0 to 1. */
  known: number;
  lexical: number;
  /** Chosen for being for anyone, not for this. */
  asFallback: boolean;
  agreements: Agreement[];
  met: Meeting[];
}

export interface Ranking {
  intake: IntakeRead;
  scored: Scored[];
  /** What it scores to choose nothing. */
  nothing: number;
  /** The best snapshot, when it scores more than nothing does. */
  choice: Scored | null;
}

/** Ranks a library for one intake. What none of it is made for gets no choice. */
export function rank(intake: AiIntake, { snapshots, index }: ReadLibrary): Ranking {
  const read = readIntake(withoutQuotedNames(intake, snapshots));
  const compared = index.compare(read);
  const strength = Math.max(0, ...read.evidence.map((each) => each.strength));
  const main = read.evidence.at(0)?.share ?? 1;
  const localShare = read.evidence.reduce((sum, each) => sum + (isLocal(each.concept) ? each.share : 0), 0);
  const asked = read.evidence.map((evidence) => ({ evidence, servedBy: new Map<string, number>() }));
  const agreed = snapshots.map((snapshot) => agreementsOf(asked, snapshot));
  const anyone = agreed.some((agreements) => isMadeFor(read.evidence.at(0), agreements)) ? besideItsOwn : 1;
  const scored = snapshots
    .map((snapshot, at): Scored => {
      const agreements = agreed[at];
      const sum = agreements.reduce(
        (total, { asked, made, serves }) => total + asked.share * made.strength * serves,
        0,
      );
      const known = sum / Math.sqrt(main);
      const { score: lexical, met } = compared[at];
      const certainty = Math.min(1, 1.6 * strength);
      const share = lexicalShare.unknown + (lexicalShare.known - lexicalShare.unknown) * certainty;
      const specific = (1 - share) * certainty * known + share * lexical * (read.evidence.length > 0 ? localShare : 1);
      const general = snapshot.fallback * fallbackScore * localShare * certainty * anyone;
      return {
        ...{ snapshot, known, lexical, agreements, met },
        score: Math.max(specific, general),
        asFallback: general > specific,
      };
    })
    .sort((a, b) => b.score - a.score);
  const covered = scored.at(0)?.known ?? 0;
  const exact = Math.max(0, ...read.evidence.map((each) => (each.concept === anyLocal ? 0 : each.strength)));
  const least = abstainScore.unknown + (abstainScore.known - abstainScore.unknown) * exact ** 2;
  const nothing = Math.max(least, (1 - localShare) * strength * (covered > 0.6 ? 0 : 1));
  const best = scored.at(0);
  return { intake: read, scored, nothing, choice: best && best.score > nothing ? best : null };
}

/** The main line of business is served: by a snapshot made for it, or for a broader one. */
const isMadeFor = (main: Evidence | undefined, agreements: Agreement[]): boolean =>
  agreements.some(({ asked, made, serves }) => asked === main && made.strength * serves >= madeForIt);

/** What the client asks for, with how well each line of business serves it, as far as anybody wanted to know. */
interface Asked {
  evidence: Evidence;
  servedBy: Map<string, number>;
}

function agreementsOf(all: Asked[], { purposes }: SnapshotRead): Agreement[] {
  return all.flatMap(({ evidence, servedBy }) => {
    let best: Agreement | undefined;
    for (const made of purposes) {
      const served = servedBy.get(made.concept) ?? serves(made.concept, evidence.concept);
      servedBy.set(made.concept, served);
      if (served > 0 && (!best || made.strength * served > best.made.strength * best.serves))
        best = { asked: evidence, made, serves: served };
    }
    return best ? [best] : [];
  });
}
