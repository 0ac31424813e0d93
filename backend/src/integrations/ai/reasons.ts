import type { AiFact } from './ai.port.js';
import type { Agreement, Scored } from './rank.js';

const factsShown = 5;
/** A line of business that is less of the client than this is no reason. */
const leastShare = 0.08;
const fieldWords = { name: 'name', vertical: 'vertical', description: 'description', contents: 'contents' } as const;

/** Which words of the intake met which facts of the snapshot, the weightiest first. */
export function factsOf({ agreements, met, asFallback }: Scored): AiFact[] {
  const known = [...agreements]
    .filter(({ asked, serves }) => asked.share >= leastShare && serves >= 0.2)
    .sort((a, b) => worthOf(b) - worthOf(a))
    .map(({ asked, made, serves }): AiFact => {
      const [said] = [...asked.said].sort((a, b) => b.weight - a.weight);
      const how = serves === 1 ? 'same' : 'near';
      return { said: said.words, in: said.field, has: made.words, of: made.field, how };
    });
  const alike = met
    .filter(({ asked }) => !known.some(({ said }) => said.split(' ').includes(asked)))
    .map(({ asked, in: place, has, field }): AiFact => ({ said: asked, in: place, has, of: field, how: 'word' }));
  return asFallback ? [] : [...known, ...alike].slice(0, factsShown);
}

const worthOf = ({ asked, made, serves }: Agreement): number => asked.share * made.strength * serves;

/** The facts as sentences. */
export function reasonsOf(scored: Scored, facts: AiFact[]): string[] {
  if (scored.asFallback) return ['It is made for any local business, and nothing is made for this one.'];
  return facts.map(({ said, in: place, has, of, how }) => {
    const verb = how === 'near' ? 'is close to' : 'meets';
    return `“${said}” (${place}) ${verb} its ${fieldWords[of]} (“${has}”)`;
  });
}

/** Why a snapshot is behind the one that was chosen. */
export function whyBehind(scored: Scored, chosen: Scored): string {
  const ahead = [...chosen.agreements].sort((a, b) => worthOf(b) - worthOf(a)).at(0);
  if (chosen.asFallback || !ahead) return 'It has less in common with the intake.';
  const own = scored.agreements.find(({ asked }) => asked.concept === ahead.asked.concept);
  const words = ahead.asked.said[0].words;
  if (scored.asFallback) return `It is for any business; the chosen one is made for “${words}”.`;
  if (!own) return `It has nothing for “${words}”, which the chosen one is made for.`;
  return own.serves < ahead.serves
    ? `“${words}” is only close to its ${fieldWords[own.made.field]} (“${own.made.words}”).`
    : `Its ${fieldWords[own.made.field]} says “${own.made.words}” less plainly than the chosen one's says “${ahead.made.words}”.`;
}
