import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { statesDoc } from '../../engine/runs/run-states.js';
import { permissionTable } from '../../modules/identity/index.js';
import { configurationDoc, envExample, secretTemplate } from '../../platform/config/describe-variables.js';
import { createDocument } from '../../platform/http/openapi.js';
import { routesOf } from '../../platform/http/route-list.js';
import { generatedClient } from './generated-client.js';
import { createUnconnectedApp } from './unconnected-app.js';

/** A file whose text follows from the code; `path` is below the root of the repository, where the command runs. */
export interface GeneratedFile {
  path: string;
  text: string;
}

/** Paths of the files that were written because they differed. */
export async function writeGenerated(): Promise<string[]> {
  const differing = (await generate()).filter(differs);
  for (const { path, text } of differing) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return differing.map((file) => file.path);
}

export async function compareGenerated(): Promise<string[]> {
  return (await generate()).filter(differs).map((file) => file.path);
}

async function generate(): Promise<GeneratedFile[]> {
  const app = await createUnconnectedApp();
  const document = `${JSON.stringify(createDocument(app), null, 2)}\n`;
  const permissions = JSON.stringify(permissionTable(routesOf(app)), null, 2);
  return [
    { path: '.env.example', text: envExample() },
    { path: 'k8s/secret.example.yaml', text: secretTemplate() },
    { path: 'docs/openapi.json', text: document },
    ...(await Promise.all([
      formatted({ path: 'docs/configuration.md', text: configurationDoc() }),
      formatted({ path: 'docs/permissions.json', text: permissions }),
      formatted({ path: 'docs/states.md', text: statesDoc() }),
    ])),
    ...clientOf(document),
  ];
}

/** ng-openapi-gen reads a file. */
function clientOf(document: string): GeneratedFile[] {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-document-'));
  try {
    const file = join(directory, 'openapi.json');
    writeFileSync(file, document);
    return generatedClient(file);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** As the format check wants it. Prettier is a tool of development, and so is this command. */
async function formatted({ path, text }: GeneratedFile): Promise<GeneratedFile> {
  const prettier = await import('prettier');
  const options = await prettier.resolveConfig(path);
  return { path, text: await prettier.format(text, { ...options, filepath: path }) };
}

function differs({ path, text }: GeneratedFile): boolean {
  try {
    return readFileSync(path, 'utf8') !== text;
  } catch {
    return true; // it does not exist yet
  }
}
