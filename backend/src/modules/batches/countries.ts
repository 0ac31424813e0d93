interface NumberRule {
  code: string;
  /** What is dialled before a national number, and left out in an international one. */
  trunk?: string;
  /** How many digits follow the code. */
  digits: [least: number, most: number];
}

/** Countries whose national numbers can be made international without doubt; others are only told what is missing. */
export const callingCodes: Record<string, NumberRule> = {
  US: { code: '1', trunk: '1', digits: [10, 10] },
  CA: { code: '1', trunk: '1', digits: [10, 10] },
  GB: { code: '44', trunk: '0', digits: [9, 10] },
  IE: { code: '353', trunk: '0', digits: [7, 9] },
  AU: { code: '61', trunk: '0', digits: [9, 9] },
  NZ: { code: '64', trunk: '0', digits: [8, 10] },
  ZA: { code: '27', trunk: '0', digits: [9, 9] },
  IN: { code: '91', trunk: '0', digits: [10, 10] },
  DE: { code: '49', trunk: '0', digits: [6, 12] },
  AT: { code: '43', trunk: '0', digits: [6, 12] },
  CH: { code: '41', trunk: '0', digits: [9, 9] },
  FR: { code: '33', trunk: '0', digits: [9, 9] },
  BE: { code: '32', trunk: '0', digits: [8, 9] },
  NL: { code: '31', trunk: '0', digits: [9, 9] },
  SE: { code: '46', trunk: '0', digits: [7, 9] },
  ES: { code: '34', digits: [9, 9] },
  PT: { code: '351', digits: [9, 9] },
  NO: { code: '47', digits: [8, 8] },
  DK: { code: '45', digits: [8, 8] },
  MX: { code: '52', digits: [10, 10] },
  BR: { code: '55', trunk: '0', digits: [10, 11] },
};

/** What people write beside the names that are in every list. */
const also: Record<string, string> = {
  usa: 'US',
  'u s a': 'US',
  'u s': 'US',
  america: 'US',
  'united states of america': 'US',
  uk: 'GB',
  'u k': 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  deutschland: 'DE',
  osterreich: 'AT',
  schweiz: 'CH',
  holland: 'NL',
  espana: 'ES',
};

let names: Map<string, string> | undefined;

/** English names, in plain small letters, to codes. */
export function countryNames(): ReadonlyMap<string, string> {
  if (names) return names;
  const english = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  const known = codes.flatMap((code) => {
    // Withdrawn codes and groups of countries have names too.
    const name = reserved.has(code) ? undefined : english.of(code);
    return name ? [[plainWords(name), code] as const] : [];
  });
  return (names = new Map([...known, ...Object.entries(also)]));
}

const reserved = new Set([
  ...['AC', 'AN', 'BU', 'CP', 'CQ', 'CS', 'DD', 'DG', 'DY', 'EA', 'EU', 'EZ', 'FX', 'HV', 'IC', 'NH', 'QO', 'QU', 'RH'],
  ...['SU', 'TA', 'TP', 'UK', 'UN', 'VD', 'XA', 'XB', 'YD', 'YU', 'ZR', 'ZZ'],
]);

export const plainWords = (text: string) =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
