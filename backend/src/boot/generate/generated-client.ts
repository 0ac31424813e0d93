import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { spawnSync } from 'node:child_process';
import type { GeneratedFile } from './generated-files.js';

const CONFIG = 'admin-console/ng-openapi-gen.json';
export const CLIENT = 'admin-console/src/app/api';

/** The console's API client, made from the document by ng-openapi-gen. Nothing while the console does not ask for one. */
export function generatedClient(document: string): GeneratedFile[] {
  if (!existsSync(CONFIG)) return [];
  const output = mkdtempSync(join(tmpdir(), 'switchyard-client-'));
  try {
    const tool = 'node_modules/ng-openapi-gen/lib/index.js';
    const made = spawnSync(process.execPath, [tool, '--config', CONFIG, '--input', document, '--output', output], {
      encoding: 'utf8',
    });
    if (made.status !== 0) throw new Error(`The client could not be made:\n${made.stdout}${made.stderr}`);
    return filesIn(output).map((file) => ({
      path: join(CLIENT, relative(output, file)),
      text: readFileSync(file, 'utf8'),
    }));
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

export const filesIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
