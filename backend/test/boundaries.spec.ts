import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ESLint, type Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { boundaries } from '../../scripts/lint-boundaries.mjs';

/** A small tree with one file of every kind; each case adds one import and says what ESLint must answer. */
const TREE = [
  'backend/src/app.module.ts',
  'backend/src/main.api.ts',
  'backend/src/platform/clock/clock.ts',
  'backend/src/platform/config/load-config.ts',
  'backend/src/integrations/ghl/ghl.client.ts',
  'backend/src/integrations/ghl/ghl.schema.ts',
  'backend/src/engine/runs/runs.service.ts',
  'backend/src/engine/queue/bull.driver.ts',
  'backend/src/modules/leads/index.ts',
  'backend/src/modules/leads/leads.service.ts',
  'backend/src/modules/leads/leads.schema.ts',
  'backend/src/modules/calls/index.ts',
  'backend/src/modules/calls/calls.service.ts',
  'backend/src/modules/calls/calls.service.spec.ts',
  'backend/src/modules/calls/calls.schema.ts',
  'admin-console/src/app/leads/leads.ts',
];
const ARROWS = 'Arrows go down';
const INDEX = 'through its index.ts';
const SCHEMA = 'zod and schema files only';
const ENV = 'read the environment';

describe('boundaries held by ESLint', () => {
  let root: string;

  beforeAll(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'boundaries-')));
    for (const file of TREE) write(file, 'export const it = 1;\n');
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each([
    ['platform/clock/clock.ts', 'engine/runs/runs.service.js', ARROWS],
    ['platform/clock/clock.ts', 'integrations/ghl/ghl.client.js', ARROWS],
    ['platform/clock/clock.ts', 'modules/leads/index.js', ARROWS],
    ['integrations/ghl/ghl.client.ts', 'engine/runs/runs.service.js', ARROWS],
    ['integrations/ghl/ghl.client.ts', 'modules/leads/index.js', ARROWS],
    ['engine/runs/runs.service.ts', 'integrations/ghl/ghl.client.js', ARROWS],
    ['engine/runs/runs.service.ts', 'modules/leads/index.js', ARROWS],
    ['modules/calls/calls.service.ts', 'app.module.js', 'nothing on a shelf may know of it'],
    ['modules/calls/calls.service.ts', 'modules/leads/leads.service.js', INDEX],
    ['modules/calls/calls.service.ts', 'modules/leads/leads.schema.js', INDEX],
    ['modules/calls/calls.service.ts', 'modules/calls/index.js', 'the index is for others'],
    ['app.module.ts', 'modules/leads/leads.service.js', INDEX],
    ['modules/calls/calls.schema.ts', 'modules/leads/index.js', SCHEMA],
  ])('%s may not import %s', async (file, imported, complaint) => {
    const from = `backend/src/${file}`;
    expect(await complaints(from, importOf(from, `backend/src/${imported}`))).toContainEqual(
      expect.stringContaining(complaint),
    );
  });

  it.each([
    ['modules/calls/calls.service.ts', 'modules/leads/index.js'],
    ['modules/calls/calls.service.ts', 'engine/runs/runs.service.js'],
    ['modules/calls/calls.service.ts', 'integrations/ghl/ghl.client.js'],
    ['modules/calls/calls.service.ts', 'platform/clock/clock.js'],
    ['modules/calls/calls.schema.ts', 'modules/leads/leads.schema.js'],
    ['modules/calls/index.ts', 'modules/calls/calls.service.js'],
    ['engine/runs/runs.service.ts', 'platform/clock/clock.js'],
    ['integrations/ghl/ghl.client.ts', 'platform/clock/clock.js'],
    ['app.module.ts', 'modules/leads/index.js'],
    ['main.api.ts', 'app.module.js'],
  ])('%s may import %s', async (file, imported) => {
    const from = `backend/src/${file}`;
    expect(await complaints(from, importOf(from, `backend/src/${imported}`))).toEqual([]);
  });

  it('finds a cycle', async () => {
    write('backend/src/engine/queue/one.ts', `import { two } from './two.js';\nexport const one = () => two;\n`);
    const two = `import { one } from './one.js';\nexport const two = () => one;\n`;
    write('backend/src/engine/queue/two.ts', two);
    expect(await complaints('backend/src/engine/queue/two.ts', two)).toContainEqual(
      expect.stringContaining('Dependency cycle'),
    );
  });

  it('lets only the Bull driver import bull', async () => {
    for (const name of ['bull', 'bull/lib/queue', '@nestjs/bull', '@nestjs/bull/dist/index.js']) {
      const code = `import Queue from '${name}';\nexport const q = Queue;\n`;
      expect(await complaints('backend/src/engine/queue/bull.driver.ts', code)).toEqual([]);
      expect(await complaints('backend/src/engine/runs/runs.service.ts', code)).toContainEqual(
        expect.stringContaining('speaks to Bull'),
      );
    }
  });

  it.each([
    'export const x = process.env.X;\n',
    'export const { env } = process;\n',
    `export { env } from 'process';\n`,
    `import { env } from 'node:process';\nexport const x = env;\n`,
  ])('lets only the configuration, the mains and specs read the environment: %s', async (code) => {
    expect(await complaints('backend/src/engine/runs/runs.service.ts', code)).toContainEqual(
      expect.stringContaining(ENV),
    );
    for (const reader of ['platform/config/load-config.ts', 'main.api.ts', 'modules/calls/calls.service.spec.ts']) {
      expect(await complaints(`backend/src/${reader}`, code)).toEqual([]);
    }
  });

  it('opens only schema files to the console', async () => {
    const page = 'admin-console/src/app/leads/leads.ts';
    const reach = (file: string) => complaints(page, importOf(page, `backend/src/modules/leads/${file}`));
    expect(await reach('leads.schema')).toEqual([]);
    expect(await complaints(page, importOf(page, 'backend/src/integrations/ghl/ghl.schema'))).toHaveLength(1);
    expect(await reach('leads.service')).toContainEqual(expect.stringContaining('The console knows the API'));
    expect(await reach('index')).toContainEqual(expect.stringContaining('The console knows the API'));
  });

  async function complaints(filePath: string, code: string): Promise<string[]> {
    const parser = { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser as Linter.Parser } };
    const eslint = new ESLint({
      cwd: root,
      overrideConfigFile: true,
      overrideConfig: [parser, ...boundaries(root)],
    });
    const [result] = await eslint.lintText(code, { filePath: join(root, filePath) });
    return result.messages.map(({ message }) => message);
  }

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
});

function importOf(from: string, to: string): string {
  const up = '../'.repeat(from.split('/').length - 1);
  return `import { it } from '${up}${to}';\nexport const use = it;\n`;
}
