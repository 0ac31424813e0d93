import { callingCodes, countryNames, plainWords } from './countries.js';

/** What a cell may have meant, or undefined when nothing is near. Each takes the cell as it stands, trimmed. */

/** A number as people of that country write it, made international; what is international already only loses its signs. */
export function suggestPhone(cell: string, country: string | undefined): string | undefined {
  const plain = cell
    .replace(/\s*(?:ext|x|#).*$/i, '')
    .replace(/\(0\)/, '')
    .replace(/[^\d+]/g, '')
    .replace(/^00/, '+');
  if (/^\+[1-9]\d{6,14}$/.test(plain)) return plain;
  const rule = country ? callingCodes[country] : undefined;
  if (!rule || plain.includes('+')) return undefined;
  const national = rule.trunk && plain.startsWith(rule.trunk) ? plain.slice(rule.trunk.length) : plain;
  if (national.length < rule.digits[0] || national.length > rule.digits[1]) return undefined;
  return `+${rule.code}${national}`;
}

/** Only signs between the digits differ: nothing is guessed. */
export const isSamePhone = (cell: string, suggestion: string) => cell.replace(/[^\d+]/g, '') === suggestion;

export function suggestCountry(cell: string): string | undefined {
  const word = plainWords(cell);
  const byName = countryNames().get(word);
  if (byName) return byName;
  const code = cell.trim().toUpperCase();
  if (/^[A-Z]{2}$/.test(code) && [...countryNames().values()].includes(code)) return code;
  const near = nearest(word, [...countryNames().keys()], 2);
  return near && countryNames().get(near);
}

export function suggestTimeZone(cell: string): string | undefined {
  const zones = timeZones();
  const word = plainWords(cell);
  const spoken = Object.entries(spokenZones).find(([, words]) => words.some((each) => each.test(word)));
  if (spoken) return spoken[0];
  const whole = zones.find((zone) => plainWords(zone) === word);
  const city = zones.filter((zone) => plainWords(zone.split('/').at(-1)!) === word);
  if (whole ?? city.length === 1) return whole ?? city[0];
  const near = nearest(word, zones.map(plainWords), 2);
  return near && zones.find((zone) => plainWords(zone) === near);
}

/** An address without its beginning. */
export function suggestWebsite(cell: string): string | undefined {
  const bare = cell.trim().replace(/^\/+/, '');
  return /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+(:\d+)?([/?#]\S*)?$/u.test(bare) ? `https://${bare}` : undefined;
}

export function suggestEmail(cell: string): string | undefined {
  const bare = /^(?:mailto:|.*<)?\s*([^\s<>,;]+@[^\s<>,;]+\.[^\s<>,;]+?)\s*>?[.,;]?$/i.exec(
    cell.trim().replace(/\s*@\s*/, '@'),
  );
  return bare && bare[1] !== cell.trim() ? bare[1] : undefined;
}

/** The one of these that needs the fewest changed letters, when it needs no more than so many. */
export function nearest(word: string, among: readonly string[], atMost: number): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.min(atMost, Math.max(1, Math.floor(word.length / 4))) + 1;
  for (const each of among) {
    if (Math.abs(each.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word, each, bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [each, distance];
  }
  return best;
}

function editDistance(from: string, to: string, enough: number): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++)
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1));
    if (Math.min(...next) >= enough) return enough;
    row = next;
  }
  return row[to.length];
}

let allZones: string[] | undefined;
const timeZones = () => (allZones ??= Intl.supportedValuesOf('timeZone'));

/** How Americans say their zones. */
const spokenZones: Record<string, RegExp[]> = {
  'America/New_York': [/^e[sd]?t$/, /\beastern\b/],
  'America/Chicago': [/^c[sd]?t$/, /\bcentral time\b/, /^(us )?central$/],
  'America/Denver': [/^m[sd]?t$/, /\bmountain\b/],
  'America/Phoenix': [/\barizona\b/],
  'America/Los_Angeles': [/^p[sd]?t$/, /\bpacific\b/],
  'America/Anchorage': [/\balaska\b/],
  'Pacific/Honolulu': [/\bhawaii\b/],
};
