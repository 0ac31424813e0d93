import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';

const SRC = 'backend/src';
const SPECS = ['**/*.spec.ts', '**/*.contract.ts'];

/**
 * The boundaries of docs/architecture.md as ESLint configuration. A function of the root, so that a spec can try each
 * rule on a small tree of its own.
 */
export function boundaries(root) {
  return [
    {
      files: ['backend/**/*.ts', 'migrations/**/*.ts', 'admin-console/src/**/*.ts'],
      plugins: { 'import-x': importX },
      settings: {
        'import-x/resolver-next': [createTypeScriptImportResolver()],
        // Without these two the cycle rule reads no TypeScript, finds nothing, and says nothing.
        'import-x/extensions': ['.ts'],
        'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      },
      rules: {
        'import-x/no-restricted-paths': ['error', { basePath: root, zones: zonesOf(root) }],
        // A cycle through import() is a page or dialog loaded later: nothing is half-made when it is entered.
        'import-x/no-cycle': ['error', { ignoreExternal: true, allowUnsafeDynamicCyclicDependency: true }],
      },
    },
    {
      files: [`${SRC}/**/*.ts`],
      ignores: [`${SRC}/engine/queue/bull.driver.ts`],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                group: ['bull', 'bull/**', '@nestjs/bull', '@nestjs/bull/**'],
                message: 'Only engine/queue/bull.driver.ts speaks to Bull.',
              },
            ],
          },
        ],
      },
    },
    {
      // The console loads these files too, so whatever they import must run in a browser.
      files: [`${SRC}/**/*.schema.ts`],
      ignores: [`${SRC}/integrations/**`],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              { regex: '^(?!zod$|\\..*\\.schema\\.js$)', message: 'Schema files import zod and schema files only.' },
            ],
          },
        ],
      },
    },
    {
      files: [`${SRC}/**/*.ts`],
      ignores: [`${SRC}/platform/config/**`, `${SRC}/main.*.ts`, ...SPECS],
      rules: {
        'no-restricted-properties': ['error', { object: 'process', property: 'env', message: ENV_MESSAGE }],
        'no-restricted-syntax': [
          'error',
          {
            selector:
              ':matches(ImportDeclaration, ExportNamedDeclaration)[source.value=/^(node:)?process$/] ' +
              ':matches(ImportSpecifier[imported.name="env"], ExportSpecifier[local.name="env"])',
            message: ENV_MESSAGE,
          },
        ],
      },
    },
  ];
}

const ENV_MESSAGE = 'Only platform/config and main.*.ts read the environment; take the loaded configuration instead.';

function zonesOf(root) {
  const modules = foldersOf(join(root, SRC, 'modules'));
  return [
    ...['modules', 'engine', 'integrations'].map((shelf) => upward('platform', shelf)),
    ...['modules', 'engine'].map((shelf) => upward('integrations', shelf)),
    ...['modules', 'integrations'].map((shelf) => upward('engine', shelf)),
    ...['platform', 'integrations', 'engine', 'modules'].map((shelf) => ({
      target: `${SRC}/${shelf}`,
      from: `${SRC}/!(platform|integrations|engine|modules)*`,
      message: 'The application is put together on top of the shelves; nothing on a shelf may know of it.',
    })),
    ...modules.flatMap((name) => [ownIndex(name), otherModules(name, modules)]),
    {
      target: `${SRC}/*.ts`,
      from: `${SRC}/modules`,
      except: modules.map((name) => `./${name}/index.ts`),
      message: 'A module is entered through its index.ts.',
    },
    {
      target: 'admin-console/src',
      from: ['backend/**/!(*.schema).ts', `${SRC}/integrations/**/*`, 'migrations/**/*'],
      message: 'The console knows the API; of the backend it may import *.schema.ts files only.',
    },
  ];
}

const upward = (target, from) => ({
  target: `${SRC}/${target}`,
  from: `${SRC}/${from}`,
  message: `Arrows go down: ${target} may not import ${from}.`,
});

const ownIndex = (name) => ({
  target: `${SRC}/modules/${name}/**/!(index).ts`,
  from: `${SRC}/modules/${name}/index.ts`,
  message: 'Inside a module import the file itself; the index is for others.',
});

const otherModules = (name, modules) => ({
  target: `${SRC}/modules/${name}/**/!(*.schema).ts`,
  from: `${SRC}/modules`,
  except: [`./${name}`, ...modules.map((other) => `./${other}/index.ts`)],
  message: 'Another module is entered through its index.ts.',
});

function foldersOf(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}
