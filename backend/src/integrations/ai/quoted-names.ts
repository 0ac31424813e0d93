import type { AiIntake } from './ai.port.js';
import { readIntake } from './read-intake.js';
import type { SnapshotRead } from './read-snapshot.js';
import { concepts, serves } from './taxonomy/taxonomy.js';
import { plain, wordsOf } from './text.js';

/** How sure the rest of an intake must be of what the business is. */
const sureEnough = 0.5;
const akin = 0.2;

/**
 * Clients do not know what an agency calls its snapshots. A sentence that has such a name in it, of something that the
 * rest of the intake does not speak of, is meant to steer, however it is put; it is left out.
 */
export function withoutQuotedNames(intake: AiIntake, snapshots: SnapshotRead[]): AiIntake {
  const sentences = (intake.description ?? '').slice(0, 6_000).split(/(?<=[.!?;\n])\s*/);
  const kept = sentences.filter((sentence, at) => {
    const quoted = snapshots.filter((snapshot) => quotes(sentence, snapshot));
    if (quoted.length === 0) return true;
    const description = sentences.filter((_, other) => other !== at).join(' ');
    const rest = readIntake({ ...intake, name: '', description }).evidence.filter(
      ({ concept, strength }) => strength >= sureEnough && !concepts.get(concept)!.vague,
    );
    const spokenOf = ({ purposes }: SnapshotRead) =>
      purposes.some((made) =>
        rest.some(({ concept }) => serves(made.concept, concept) >= akin || serves(concept, made.concept) >= akin),
      );
    return rest.length === 0 || quoted.some(spokenOf);
  });
  return kept.length === sentences.length ? intake : { ...intake, description: kept.join(' ') };
}

const quotes = (sentence: string, { words }: SnapshotRead): boolean =>
  words.name.length > 1 && spelled(wordsOf(plain(sentence))).includes(spelled(words.name));

const spelled = (words: { stem: string }[]): string => ` ${words.map(({ stem }) => stem).join(' ')} `;
