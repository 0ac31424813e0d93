import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inRoot, root } from './paths.mjs';
import { runTool, say } from './run-step.mjs';
import { report } from './stages.mjs';

export const jestStage = (name, node, args) => async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'switchyard-jest-'));
  const answers = path.join(directory, 'results.json');
  const jest = ['--experimental-vm-modules', '--no-warnings', inRoot('node_modules/jest/bin/jest.js')];
  try {
    const { reason, seconds } = await runTool(node, [...jest, ...args, '--json', `--outputFile=${answers}`]);
    return report(name, reason, seconds, count(answers));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

function count(file) {
  const results = readOrUndefined(file);
  if (!results) return undefined;
  for (const { name, assertionResults } of results.testResults) {
    const skipped = assertionResults.filter(({ status }) => status === 'pending' || status === 'todo').length;
    if (skipped > 0) say(`skipped ${skipped} of ${assertionResults.length} in ${path.relative(root, name)}`);
  }
  return {
    passed: results.numPassedTests,
    // A file that could not even be loaded has no tests to count, and still is a failure.
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

/** No file: Jest ended before it ran anything, which the stage itself reports. */
function readOrUndefined(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
