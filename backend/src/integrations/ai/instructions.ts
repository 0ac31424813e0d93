import { plain } from './text.js';

/**
 * Sentences that speak to a program instead of telling about a business. Nothing in an intake is ever obeyed; what is
 * meant as an order is left out, so that its words do not count as facts either. To lose a sentence of a harmless
 * intake costs little: a business is named more than once.
 */
const orders = [
  // Forget what you were told.
  /\b(ignor\w*|disregard|forget|override|bypass|olvid\w*|oubli\w*|vergiss|vergessen sie|dimentica\w*|esque\w*)\b.*\b(previous|prior|above|earlier|all|any|every|everything|instruct?\w*|rules?|prompts?|guidelines?|istruzion\w*|regol\w*|regras?|instruco\w*|reglas?|anterior\w*|todo|consignes?|regles?|precedent\w*|tout\w*|anweisung\w*|regeln?|vorherig\w*|alle\w*)\b/,
  // Give me this one.
  /\b(choose|select|pick|return|output|answer|respond|reply|recommend|assign|rank|score|prefer|use|apply|load|install|set|force|want|need|give|get|usa|usar|responde|recomienda|devuelve|quer\w+|utilise\w*|repond\w*|recommand\w*|renvoie\w*|voulons|nimm|nehmen|verwende\w*|antworte\w*|empfiehl|gib|wollen)\b.*\b(templates?|id|json|first|confidence|options?|plantillas?|instantaneas?|modeles?|vorlagen?|number one|top result|null|none|instead)\b/,
  /\b(snapshots?|templates? id|tool_call|function_call|chatgpt|gpt|llm|openai|claude|gemini)\b/,
  /\b(correct|right|best|only|valid|proper|richtige|einzige|correcta|bonne|seule) (answer|choice|option|id|template|response|antwort|wahl|respuesta|opcion|reponse|choix)\b/,
  /(^|\W)(answer|response|output|result|choice|decision|category|confidence|antwort|respuesta|reponse|ergebnis|resultado)["' ]*[:=]/,
  // You are something else now.
  /\b(you are now|you re now|act as|pretend|as an ai|language model|system prompt|developer mode|jailbreak|new instruction\w*|ahora eres|du bist jetzt|tu es maintenant|vous etes maintenant)\b/,
  /\b(note|message|attention|hint|instruction\w*|nota|hinweis|remarque) (to|for|para|an|fur|pour|a) (the |la |el |das |die |den |l )?(ai|model|bot|assistant|system|ranker|recommender|classifier|modelo|ki|modell|modele|ia|asistente|reviewer|evaluator)\b/,
  /(^|\W)(system|assistant|user|tool|developer|sistema|systeme)( note| message| prompt)?\s*(:|>|\]|\||#)/,
  /<\/?\s*(system|assistant|instruction\w*|tool|s|im_start|im_end|user)\b|\[\/?inst\]|<\||\|>|<!--|\{\s*"/,
];
/** One of these words is enough where sentences are written; a company may well be called “Select”. */
const choosing =
  /\b(choose|choosing|select|pick(?! up)|classify|categori[sz]e|treat (this|it|us|them) as|seleccion\w*|elige|elegir|elij\w*|escog\w*|clasifi\w*|choisi\w*|selectionn\w*|classe[rz]|wahle|wahlen|auswahlen|scegli\w*|selezion\w*|escolh\w*|kies|wybierz)\b/;
/** Nobody writes such a word; it is something encoded. */
const encoded = /[A-Za-z0-9+/=_-]{36,}/g;

/** The text without what is meant as an order: the order itself, and whatever follows it in its sentence. */
export function withoutOrders(text: string, kind: 'name' | 'sentences'): string {
  const isOrder = (part: string): boolean => {
    const read = plain(part);
    return orders.some((order) => order.test(read)) || (kind === 'sentences' && choosing.test(read));
  };
  return text
    .replace(encoded, ' ')
    .split(/(?<=[.!?;\n])\s*/)
    .map((sentence) => {
      const clauses = sentence.split(/,(?=\s)/);
      const first = clauses.findIndex(isOrder);
      if (first >= 0) return clauses.slice(0, first).join(',');
      return isOrder(sentence) ? '' : sentence;
    })
    .join('\n');
}
