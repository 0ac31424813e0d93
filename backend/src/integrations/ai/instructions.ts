import { plain } from './text.js';

/**
 * Sentences that speak to a program instead of telling about a business, in the languages of the taxonomy. Nothing in
 * an intake is ever obeyed; what is meant as an order is left out, so that its words do not count as facts either.
 */
const orders = [
  // Forget what you were told.
  /\b(ignore|disregard|forget|override|bypass|ignora|ignorar|ignorez|ignorer|ignoriere|ignorieren|olvida|oublie|oubliez|vergiss|vergessen sie)\b.*\b(previous|prior|above|earlier|all|any|every|instruction\w*|rule\w*|prompt\w*|everything|guideline\w*|instruccion\w*|regla\w*|anterior\w*|todo|consigne\w*|regle\w*|precedent\w*|tout|anweisung\w*|regel\w*|vorherig\w*|alle\w*|alles)\b/,
  // Answer with this.
  /\b(choose|select|pick|return|output|answer|respond|reply|recommend|assign|rank|score|prefer|use|apply|load|install|set|force|elige|escoge|selecciona|usa|responde|recomienda|devuelve|choisis\w*|selectionne\w*|utilise\w*|reponds|repondez|recommande\w*|renvoie\w*|wahle|wahlen|nimm|nehmen|verwende\w*|antworte\w*|empfiehl|gib)\b.*\b(snapshot\w*|template\w*|id|json|first|confidence|option|plantilla\w*|instantanea\w*|modele\w*|vorlage\w*|number one|top result|score|null|none)\b/,
  /^\W*(please |you must |you should |always |now |just |simply )*(choose|select|pick|return|output|respond|recommend|elige|escoge|selecciona|responde|recomienda|choisis|choisissez|selectionne|selectionnez|reponds|repondez|wahle|wahlen|antworte|empfiehl)\b/,
  /\b(correct|right|best|only|valid|proper|richtige|einzige|correcta|bonne|seule) (answer|choice|snapshot|option|id|template|response|antwort|wahl|respuesta|opcion|reponse|choix)\b/,
  // You are something else now.
  /\b(you are now|you re now|act as|pretend|as an ai|as a language model|language model|system prompt|developer mode|jailbreak|new instruction\w*|ahora eres|du bist jetzt|tu es maintenant|vous etes maintenant)\b/,
  /\b(note|message|attention|hint|instruction\w*|nota|hinweis|remarque) (to|for|para|an|fur|pour|a) (the |la |el |das |die |den |l )?(ai|model|llm|bot|assistant|system|ranker|recommender|classifier|modelo|ki|modell|modele|ia|asistente|reviewer|evaluator)\b/,
  /(^|\W)(system|assistant|user|tool|developer|sistema|systeme)\s*(:|>|\]|\|)/,
  /\b(snapshot|snapshot[ _]?id|template id|confidence|choice|tool_call|function_call)["' ]*\s*[:=]/,
  /<\/?\s*(system|assistant|instruction\w*|tool|s|im_start|im_end|user)\b|\[\/?inst\]|\{\s*"/,
];
/** Nobody writes such a word; it is something encoded. */
const encoded = /[A-Za-z0-9+/=_-]{36,}/g;

/** The text without what is meant as an order: the order itself, and whatever follows it in its sentence. */
export function withoutOrders(text: string): string {
  return text
    .replace(encoded, ' ')
    .split(/(?<=[.!?;\n])\s*/)
    .map((sentence) => {
      if (!isOrder(sentence)) return sentence;
      const clauses = sentence.split(/[,:](?=\s)/);
      const first = clauses.findIndex((_, index) => isOrder(clauses.slice(index).join(',')) && isOrder(clauses[index]));
      return first > 0 ? clauses.slice(0, first).join(',') : '';
    })
    .join('\n');
}

const isOrder = (sentence: string): boolean => {
  const read = plain(sentence);
  return orders.some((order) => order.test(read));
};
