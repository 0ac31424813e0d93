import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from '../errors/index.js';

/** Where a sealed value lives. It opens there and nowhere else. */
export interface Place {
  table: string;
  column: string;
  row: string;
}

export const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const keyId = /^[\w-]{1,60}$/;

/** `v1.kid.iv.ct.tag`, the last three base64url: AES-256-GCM, bound to its place, its agency and its key. */
export function sealCell(key: Buffer, kid: string, agency: string, place: Place, clear: Buffer): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo(agency, place, kid));
  const text = Buffer.concat([cipher.update(clear), cipher.final()]);
  return ['v1', kid, ...[iv, text, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
}

/** The id of the key that a cell was sealed with. */
export function kidOf(cell: string): string {
  return split(cell).kid;
}

export function openCell(key: Buffer, agency: string, place: Place, cell: string): Buffer {
  const { kid, iv, text, tag } = split(cell);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(agency, place, kid));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(text), decipher.final()]);
  } catch {
    // the cause is left out: it says nothing more, and the answer must not become an oracle
    throw new AppError(
      'bug',
      'vault-cell-tampered',
      `A sealed value in ${place.table}.${place.column} was changed, or belongs elsewhere.`,
    );
  }
}

function split(cell: string) {
  const parts = cell.split('.');
  const [version, kid, ...rest] = parts;
  const [iv, text, tag] = rest.map((part) => Buffer.from(part, 'base64url'));
  const canonical = rest.every((part, index) => [iv, text, tag][index]?.toString('base64url') === part);
  if (
    parts.length !== 5 ||
    version !== 'v1' ||
    !keyId.test(kid) ||
    !canonical ||
    iv.length !== IV_BYTES ||
    tag.length !== TAG_BYTES
  ) {
    throw new AppError('bug', 'vault-cell-malformed', 'A sealed value does not have the form v1.kid.iv.ct.tag.');
  }
  return { kid, iv, text, tag };
}

/** Only `row` may hold a bar, and it stands between two parts that may not: no two places read the same. */
const boundTo = (agency: string, { table, column, row }: Place, kid: string) =>
  Buffer.from(['v1', table, column, agency, row, kid].join('|'));
