const named =
  /(["']?(?:access_?token|refresh_?token|client_?secret|password|auth_?token|api_?key|authorization|code)["']?\s*[:=]\s*["']?)(?:Bearer\s+)?[^\s"'&,;}]+/gi;
const shaped = [/\beyJ[\w-]+(?:\.[\w-]*)*/g, /\bpit-[\w-]+/g, /\bBearer\s+[\w.~+/=-]{8,}/gi, /\b[\w-]{40,}\b/g];

/** Removes credentials from a vendor's text: the given values, named fields, and anything shaped like a token. */
export function redact(text: string, secrets: string[] = []): string {
  let clean = text;
  for (const secret of secrets) if (secret.length >= 4) clean = clean.replaceAll(secret, '[secret]');
  clean = clean.replace(named, '$1[secret]');
  for (const shape of shaped) clean = clean.replace(shape, '[secret]');
  return clean;
}
