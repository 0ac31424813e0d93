import { AppError } from '../errors/index.js';

export type CsvEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** The text of a file and how it was written. What is not text is refused in words that say how to save it again. */
export function decodeCsv(bytes: Buffer): { csv: string; encoding: CsvEncoding } {
  const encoding = encodingOf(bytes);
  if (bytes.subarray(0, 4).equals(zip))
    throw refused('This is an Excel workbook. Save it as “CSV UTF-8” and upload that file.');
  if (encoding === 'utf-8' && bytes.includes(0))
    throw refused('This file is not text in UTF-8. Save it as “CSV UTF-8” and upload that file.');
  try {
    return { csv: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding };
  } catch {
    throw refused(
      'Some letters of this file cannot be read, so it was not saved as UTF-8. Save it as “CSV UTF-8” and upload it again.',
    );
  }
}

const zip = Buffer.from('PK\u0003\u0004');

function encodingOf(bytes: Buffer): CsvEncoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

const refused = (detail: string) => new AppError('validation', 'csv-encoding', detail);
