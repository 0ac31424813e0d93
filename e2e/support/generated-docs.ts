import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A checked-in document that `npm run generate` makes from the code. */
export function generatedDoc(name: string): unknown {
  try {
    return JSON.parse(readFileSync(resolve('docs', name), 'utf8')) as unknown;
  } catch (cause) {
    throw new Error(`docs/${name} cannot be read. Make it with: npm run generate`, { cause });
  }
}
