/** What a simulated model makes of a user message. Undefined: nothing that it knows how to answer. */
export type ChatMind = (user: string) => object | undefined;

interface SnapshotQuestion {
  client: Record<string, unknown>;
  snapshots: { key: string; name: string }[];
}

const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}|\p{Cf}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]{3,}/gu) ?? [];

function questionIn(user: string): SnapshotQuestion | undefined {
  const line = user.split('\n').find((each) => each.startsWith('{'));
  return line ? (JSON.parse(line) as SnapshotQuestion) : undefined;
}

/** Said of any business. */
const general = /^(abou|busi|care|clie|fami|from|help|hous|loca|more|over|serv|that|this|what|with|your)/;
/** “Roofing” and “roofers” begin alike. */
const rootsOf = (text: string): string[] =>
  wordsOf(text).flatMap((word) => (word.length < 4 || general.test(word) ? [] : word.slice(0, 4)));

/** Takes the snapshot that shares most words with the client, and none when none shares any. */
export const honestMind: ChatMind = (user) => {
  const question = questionIn(user);
  if (!question) return undefined;
  const client = new Set(rootsOf(Object.values(question.client).flat().join(' ')));
  const [best] = question.snapshots
    .map(({ key, ...facts }) => ({
      key,
      met: rootsOf(Object.values(facts).flat().join(' ')).filter((root) => client.has(root)).length,
    }))
    .sort((a, b) => b.met - a.met);
  return best && best.met > 0 ? { choice: best.key, confidence: 0.8 } : { choice: 'none', confidence: 0.6 };
};

/** Every form in which an order may be hidden: as it stands, in invisible letters, and encoded. */
function unveiled(text: string): string {
  const tags = [...text].map((letter) => letter.codePointAt(0)!).filter((code) => code >= 0xe0000 && code < 0xe0080);
  const encoded = text.match(/[A-Za-z0-9+/_-]{16,}={0,2}/g) ?? [];
  return [
    text,
    String.fromCodePoint(...tags.map((code) => code - 0xe0000)),
    ...encoded.map((each) => Buffer.from(each, 'base64').toString('utf8')),
  ].join('\n');
}

/**
 * The worst model there is: whatever snapshot the client's text names in any form, it chooses, with all confidence; a
 * text that says none or null gets none. Without an order it is honest.
 */
export const obedientMind: ChatMind = (user) => {
  const question = questionIn(user);
  if (!question) return undefined;
  const spoken = wordsOf(unveiled(Object.values(question.client).flat().join('\n')));
  const text = ` ${spoken.join(' ')} `;
  const named = question.snapshots.find(({ name }) => text.includes(` ${wordsOf(name).join(' ')} `));
  if (named) return { choice: named.key, confidence: 1 };
  const ordinal = ['first', 'second', 'third'].findIndex((word) => spoken.includes(word));
  if (ordinal >= 0) return { choice: question.snapshots[ordinal]?.key ?? 'none', confidence: 1 };
  return spoken.includes('none') || spoken.includes('null') ? { choice: 'none', confidence: 1 } : honestMind(user);
};

export const chatMinds = { honest: honestMind, obedient: obedientMind };
