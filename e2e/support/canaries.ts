/** Every form in which a secret could be written down by mistake. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const forms = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...[0, 1, 2].flatMap((shift) =>
      ['base64' as const, 'base64url' as const].map((kind) => inside(bytes, shift, kind)),
    ),
  ];
  return [...new Set(forms)];
}

/** The middle of its base64 when `shift` bytes stand before it: the part that does not depend on its neighbours. */
function inside(bytes: Buffer, shift: number, kind: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString(kind)
    .replace(/=+$/, '');
  return text.slice(shift === 0 ? 0 : 4, text.length - 3);
}

export interface Place {
  name: string;
  bytes: Buffer;
}

/** Which secret was found where; never the secret itself, because this is printed. */
export function find(secrets: ReadonlyMap<string, string>, places: readonly Place[]): string[] {
  return [...secrets].flatMap(([name, secret]) => {
    const forms = formsOf(secret).map((form) => Buffer.from(form));
    return places
      .filter(({ bytes }) => forms.some((form) => bytes.includes(form)))
      .map((place) => `${name} in ${place.name}`);
  });
}
