const common = new Set(
  'a an and are at be by for from has have in is it its of on or our that the their they to we with you your business company service services client clients local best new snapshot system'.split(
    ' ',
  ),
);

/** Words that name one trade, brought to one form. */
const sameTrade: string[][] = [
  ['dental', 'dentist', 'dentistry', 'orthodontic', 'orthodontist', 'teeth'],
  ['roofing', 'roof', 'roofer', 'gutter'],
  ['medspa', 'aesthetic', 'aesthetics', 'botox', 'filler', 'laser', 'skincare'],
  ['law', 'lawyer', 'legal', 'attorney', 'solicitor', 'litigation'],
  ['gym', 'fitness', 'crossfit', 'trainer', 'workout', 'pilates', 'yoga'],
  ['realestate', 'realtor', 'realty', 'property', 'mortgage', 'homes'],
  ['restaurant', 'cafe', 'bistro', 'diner', 'catering', 'food'],
  ['auto', 'automotive', 'car', 'mechanic', 'tire', 'garage', 'vehicle'],
  ['chiropractic', 'chiropractor', 'spine'],
  ['hvac', 'heating', 'cooling', 'furnace', 'plumbing', 'plumber'],
  ['salon', 'hair', 'barber', 'beauty', 'nail', 'stylist'],
  ['cleaning', 'cleaner', 'janitorial', 'maid', 'housekeeping'],
  ['solar', 'photovoltaic'],
  ['landscaping', 'lawn', 'garden', 'gardening'],
  ['insurance', 'insurer'],
  ['coaching', 'coach', 'consulting', 'consultant'],
];
const tradeOf = new Map(sameTrade.flatMap((words) => words.map((word) => [word, words[0]])));

/** Stem → the word as it was written. */
export function wordsOf(text: string | null | undefined): Map<string, string> {
  const joined = (text ?? '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/real estate/g, 'realestate')
    .replace(/med(ical)? spa/g, 'medspa');
  const words = joined.slice(0, 10_000).match(/[\p{L}\p{N}]{2,}/gu) ?? [];
  return new Map(words.filter((word) => !common.has(word)).map((word) => [stemOf(word), word]));
}

function stemOf(word: string): string {
  const trade = tradeOf.get(word) ?? tradeOf.get(word.replace(/s$/, ''));
  if (trade) return trade;
  return word.length > 4 ? word.replace(/(ing|ers|er|es|s)$/, '') : word;
}
