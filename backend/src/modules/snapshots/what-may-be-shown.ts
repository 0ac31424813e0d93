import { type AiCandidate, type AiIntake, isTradeName, withoutOrders } from '../../integrations/ai/index.js';

type Shown = Pick<AiIntake, 'name' | 'industry' | 'description' | 'services' | 'goals'>;
type Kind = 'name' | 'sentences';

/** Longer texts are cut before anything else: what stands further back is not shown, and so need not be vetted. */
const longest = { name: 200, industry: 200, description: 1_500, service: 80, services: 15, goals: 300 };

/**
 * What of an intake may be shown to a model: sentences that a reader of English, Spanish, French or German takes for
 * plain words about a business. The first one that speaks to a program, names a snapshot or hides something ends its
 * text. Far stricter than what the ranker leaves out: what is refused here costs a second opinion a sentence, and
 * nothing else. Null when nothing is left, or when the rest is not plain as a whole.
 */
export function screening(library: readonly AiCandidate[]): (intake: AiIntake) => Shown | null {
  const ids = library.map(({ id }) => id.toLowerCase()).filter((id) => id.length >= 6);
  // Clients know no names of snapshots. What such a name says in the words of a trade, they may well say too.
  const names = library.flatMap(({ name }) => (isPhrase(name) && !isTradeName(name) ? [squeezed(name)] : []));
  const quotes = (text: string): boolean => {
    const [bare, low] = [squeezed(text), text.toLowerCase()];
    return names.some((name) => bare.includes(name)) || ids.some((id) => low.includes(id));
  };
  return (intake) => {
    const isFine = (text: string, kind: Kind = 'sentences') =>
      isPlain(text) && isUnderstood(text) && !holdsOrder(text, kind) && !quotes(text);
    const sentences = (text = '', max: number) =>
      untilFirst(text.slice(0, max).split(/(?<=[.!?;])\s+|(?<=\n)\s*/), isFine).join(' ');
    const shown = {
      name: untilFirst([intake.name.slice(0, longest.name)], (name) => isFine(name, 'name')).join(''),
      industry: sentences(intake.industry, longest.industry),
      description: sentences(intake.description, longest.description),
      services: untilFirst((intake.services ?? []).slice(0, longest.services), (service) => isFine(service)).map(
        (service) => service.slice(0, longest.service),
      ),
      goals: sentences(intake.goals, longest.goals),
    };
    const texts = Object.values(shown).flat();
    return texts.some((text) => /\p{L}/u.test(text)) && !quotes(texts.join(' ')) ? shown : null;
  };
}

function untilFirst(texts: string[], isFine: (text: string) => boolean): string[] {
  const end = texts.findIndex((text) => text.trim() !== '' && !isFine(text));
  return end < 0 ? texts : texts.slice(0, end);
}

const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
const wordsOf = (text: string): string[] => folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];
/** However it is spaced, dotted or joined. */
const squeezed = (text: string): string => wordsOf(text).join('');

/** Latin letters as people type them: nothing invisible, encoded, spelled out, look-alike, or meant as markup. */
function isPlain(text: string): boolean {
  return !(
    /[\p{Cf}\p{Co}\p{Cn}\u{E0100}-\u{E01EF}]|(?![\n\r\t])\p{Cc}/u.test(text) ||
    /(?!\p{Script=Latin})\p{L}/u.test(text) ||
    [...text].some((letter) => /\p{L}/u.test(letter) && !/[ªº]/.test(letter) && letter.normalize('NFKC') !== letter) ||
    /[{}<>[\]`\\^~|=]|\*\*|__|--|##|\/\*|"""/.test(text) ||
    /[\p{L}\p{N}+/_-]{32,}/u.test(text) ||
    /(?:^|[^\p{L}\p{N}])(?:\p{L}[ .\-_]{1,3}){5,}/u.test(text) ||
    /\p{L}\d+\p{L}+\d|(?:\b[0-9a-f]{2}\s+){6}/iu.test(text)
  );
}

/** Words that a program is spoken to with. A business can be described without them. */
const spokenTo = [
  /\b(ignor(?:e|ing)|disregard\w*|overrid\w*|bypass\w*|jailbreak|instructions?|snapshots?|templates?|tool[ _]?calls?|chatbots?|chatgpt|llms?|language models?|json|role ?play)\b/,
  /\b(choos\w*|chosen|select(?:ed|ing)?|pick(?![- ]?up)|recommend(?:ation)?|classif\w*|categori[sz]e\w*|pretend|overall winner|(?:respond|reply) (?:with|only|as)|confidence (?:is|of|score|[\d:=]))\b/,
  /\b(option|answer|choice|key|letter|entry|item|number|no|nr)\.? ?(?:[a-l]|#?\d+)\b/,
  /\b(first|second|third|fourth|fifth|last|top|bottom|next|other) (?:one|option|entry|item|choice|result|candidate|listed|in the list|on the list)\b/,
  /\b(correct|right|proper|final|expected|desired|only valid) (?:result|answer|outcome|choice|label|verdict|one)\b/,
  /\b(?:begin|start|end) (?:of )?(?:the |this |your )?(?:data|form|intake|input|message|note|admin|system|document|context|text)\b/,
  /\b(none|null|nothing) (?:of|fits?|applies|matches|is right|is suitable|else)\b/,
  /\b(elij\w*|elige|elegir|escog\w*|escoja|seleccion(?:a|e|ar|en|ad\w*)|recomiend\w*|plantillas?|instantaneas?|responde|instrucciones)\b/,
  /\b(chois\w*|selectionn\w*|recommand\w*|consignes?|repond(?:s|ez)|renvo(?:ie|yez)|instantanes?)\b/,
  /\b(wahle?|wahlt|wahlen|auswahlen|nimm|empfiehl|empfehle|antworte|anweisung\w*|vorlagen?|schnappschuss|vergiss|entscheide)\b/,
  /\b(scegli\w*|selezion(?:a|i|are)|ignora\w*|rispond\w*|istruzion\w*|escolh\w*|selecion\w*|instrucoes|kies (?:de|het|voor)|selecteer\w*|negeer|antwoord\w*|sjabloon)\b/,
  /\b(wybierz|wybrac|zignoruj|odpowiedz|szablon\w*|valj|velg|vaelg|svara?|valitse|vastaa|ohita|secin\w*|yoksay|sablon\w*|alege\w*|raspund\w*|vyber\w*|zvol\w*|odpovez|valas\w*|pilih\w*|abaikan|jawab|chon|bo qua|odaber\w*|izaber\w*|izber\w*|pasirink\w*|valige|izvelies|piliin|chagua|veldu|dewis\w*|roghnaigh)\b/,
];

function holdsOrder(text: string, kind: Kind): boolean {
  const bare = (words: string) => words.replace(/\s+/g, '');
  const read = folded(text);
  return bare(withoutOrders(text, kind)) !== bare(text) || spokenTo.some((words) => words.test(read));
}

/** The small words of the four languages. A sentence without any of them is a list, or in another language. */
const small = new Set(
  (
    'the a an and or of for in on at to with from by we our us you your is are was were be been have has do does not no all any every it its that this who as more than since ' +
    'el la los las un una y o e de del para por con en sin somos nuestro nuestra nuestros nuestras su sus es son que se al lo mas desde hacemos todo toda todos ' +
    'le les une et ou du des pour par avec dans sans nous notre nos votre vos est sont sur au aux qui que ce cette depuis tout tous plus ' +
    'der die das ein eine einen einem einer und oder fur von vom mit im in am auf zu zum zur ohne wir unser unsere ihr ihre ist sind bei seit alle auch nicht aus'
  ).split(' '),
);

const isUnderstood = (text: string): boolean =>
  text.split(/[.!?;:,\n()/&+]|\s[-–—]\s/).every((clause) => {
    const words = wordsOf(clause).filter((word) => /\p{L}/u.test(word));
    return words.length < 6 || words.some((word) => small.has(word));
  });

const isPhrase = (name: string): boolean => wordsOf(name).length > 1;
