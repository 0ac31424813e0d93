// Run by `npm test`, or by hand: node --experimental-vm-modules node_modules/jest/bin/jest.js (Node >= 24.9).
import angular from 'jest-preset-angular/presets/index.js';

// Our TypeScript runs as CommonJS under Jest, and packages that are ES modules come in through Node's require(esm).
// So `jest.mock` works in backend specs; that the built ES modules start is what the e2e suite shows.
const typescriptToCommonJs = [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    jsc: {
      parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2023',
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
  },
];

// Relative imports name the compiled file; the source beside it ends differently.
const jsNamesTs = { '^(\\.{1,2}/.*)\\.js$': '$1' };

const onTheServer = {
  testEnvironment: 'node',
  testMatch: ['**/*.spec.ts'],
  moduleNameMapper: jsNamesTs,
  transform: { '^.+\\.ts$': typescriptToCommonJs },
  setupFiles: ['reflect-metadata'],
  globalSetup: '<rootDir>/backend/test/start-test-postgres.mjs',
  globalTeardown: '<rootDir>/backend/test/stop-test-postgres.mjs',
};

const angularPreset = angular.createEsmPreset({ tsconfig: '<rootDir>/admin-console/tsconfig.spec.json' });

export default {
  maxWorkers: 2,
  // A spec that boots the whole application leaves some 50 MB behind; a fresh worker costs less than a full one.
  workerIdleMemoryLimit: '500MB',
  // Not v8: it counts a line that holds only a type as covered, and so reports more than was run.
  coverageProvider: 'babel',
  coverageDirectory: 'coverage',
  coverageReporters: ['text-summary', 'lcovonly', 'html'],
  collectCoverageFrom: [
    'backend/src/**/*.ts',
    '!backend/src/main.*.ts',
    '!backend/src/**/*.spec.ts',
    '!backend/src/**/*.contract.ts',
  ],
  coverageThreshold: { global: { lines: 80 } },
  projects: [
    { ...onTheServer, displayName: 'backend', roots: ['<rootDir>/backend'] },
    {
      ...angularPreset,
      displayName: 'admin-console',
      moduleNameMapper: { ...angularPreset.moduleNameMapper, ...jsNamesTs },
      testEnvironment: 'jest-preset-angular/environments/jest-jsdom-env',
      roots: ['<rootDir>/admin-console'],
      testMatch: ['**/src/**/*.spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/admin-console/setup-jest.ts'],
    },
    { ...onTheServer, displayName: 'e2e', roots: ['<rootDir>/e2e'] },
  ],
};
