import type { AiIntake } from './ai.port.js';
import { mentionsIn } from './lexicon.js';
import { type Evidence, readIntake } from './read-intake.js';
import type { SnapshotRead } from './read-snapshot.js';
import { concepts, serves } from './taxonomy/taxonomy.js';
import { plain, spelled, wordsOf } from './text.js';

/** How sure the rest of an intake must be of what the business is. */
const sureEnough = 0.5;
const akin = 0.2;
/** What a snapshot is made for, beside what its words only touch. */
const mainPurpose = 0.7;
/** So many sentences with a name in them are weighed against the rest; more is no longer a description. */
const mostWeighed = 8;

/**
 * Clients do not know what an agency calls its snapshots. A sentence that has such a name in it is meant to steer,
 * however it is put and in whatever language, and is left out: when the name is a title, which no business would call
 * its trade; or when it is the name of a trade that nothing else in the intake speaks of.
 */
export function withoutQuotedNames(intake: AiIntake, snapshots: SnapshotRead[]): AiIntake {
  const own = spelled(intake.name);
  let weighed = 0;
  const steers = (text: string, rest: AiIntake, listed: boolean): boolean => {
    const said = spelled(text);
    const quoted = snapshots.filter(({ words, called }) => words.name.length > 1 && said.includes(called));
    if (quoted.length === 0) return false;
    if (quoted.some(({ isTitle, called }) => isTitle && !own.includes(called))) return true;
    if (++weighed > mostWeighed) return true;
    const facts = sureOf({ ...rest, name: '' });
    if (speaksOf(facts, quoted)) return false;
    if (facts.length > 0 && !listed) return true;
    const sure = readIntake(rest).evidence.filter(({ strength }) => strength >= sureEnough);
    if (speaksOf(sure, quoted)) return false;
    return tellsOfChoosing(text, quoted, sure.length > 0 ? 0 : 0.5) || (sure.length > 0 && copies(text, quoted));
  };
  const sentences = (field: 'industry' | 'description' | 'goals') => {
    const all = (intake[field] ?? '').slice(0, 6_000).split(/(?<=[.!?;\n])\s*/);
    const but = (at: number) => ({ ...intake, [field]: all.filter((_, other) => other !== at).join(' ') });
    return all.filter((sentence, at) => !steers(sentence, but(at), field === 'industry')).join(' ');
  };
  const services = (intake.services ?? []).filter((service, at, all) => {
    const rest = { ...intake, services: all.filter((_, other) => other !== at) };
    return !steers(service.slice(0, 6_000), rest, true);
  });
  return {
    ...intake,
    ...{ industry: sentences('industry'), description: sentences('description'), goals: sentences('goals'), services },
  };
}

const sureOf = (intake: AiIntake): Evidence[] =>
  readIntake(intake).evidence.filter(
    ({ concept, strength }) => strength >= sureEnough && !concepts.get(concept)!.vague,
  );

const speaksOf = (facts: Evidence[], quoted: SnapshotRead[]): boolean =>
  quoted.some(({ purposes }) =>
    purposes.some(
      (made) =>
        made.strength >= mainPurpose * purposes[0].strength &&
        facts.some(({ concept }) => serves(made.concept, concept) >= akin || serves(concept, made.concept) >= akin),
    ),
  );

/** Whether a name stands in a sentence letter by letter, capitals and all, and the rest of it names no trade. */
const copies = (text: string, quoted: SnapshotRead[]): boolean =>
  quoted.some(({ name }) => {
    const frame = wordsOf(plain(text.replace(name, ' ')));
    return text.includes(name) && frame.length > 0 && mentionsIn(frame).every((mention) => !mention.plain);
  });

/** Words that people decide with, and seldom describe a business with. */
const choosing =
  /^(want|prefer|rather|give|load|use|using|put|set|switch|assign|route|answer|result|output|deci[ds]|chose|choice|choos|pick|select|approv|agree|settle|verif|confirm|correct|mistake|wrong|must|should|insist|only|always|never|else|instead|anything|nothing|whatever|regardless|disregard|forget|ignore|exclu|except|consider|think|template|categor|label|match|score|rank|expect|assistant|admin|overrid|todo|ticket|option|fits?$|belong|previous|please|kindly|recommend|treat|read$|quer[ei]|quier|prefier|carg|respuest|correct|asign|acord|acuerd|decid|solo$|siempre|nunca|otra?$|plantilla|pon$|usa|elig|elij|escog|voul|veut|prefer|charg|repons|bonne$|attribu|conven|decid|seul|jamais|toujours|autre|modele|mett|prend|prenez|choisi|oubli|mocht|will$|wollen|lieber|antwort|richtig|zuweis|entschied|abgesprochen|nur$|immer|niemals|ander|vorlage|nimm|nehm|lade|wahl|vergiss|soll|bitte|favor|merci)/;

/** Whether more than such a share of what a text says, besides the names in it, is about choosing. */
function tellsOfChoosing(text: string, quoted: SnapshotRead[], share: number): boolean {
  const names = new Set(quoted.flatMap(({ words }) => words.name.map(({ stem }) => stem)));
  const rest = wordsOf(plain(text)).filter(({ text: word, stem }) => word.length > 2 && !names.has(stem));
  return rest.filter(({ text: word }) => choosing.test(word)).length > share * rest.length;
}
