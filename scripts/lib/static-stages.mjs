import { tool } from './paths.mjs';
import { toolStage } from './stages.mjs';

/** Two lanes of about the same length, for the two processors that nearly every machine has. */
export function staticStages(node) {
  const stage = (name, ...args) => toolStage(name, node, [tool(args[0]), ...args.slice(1)]);
  return [
    [
      stage('format', 'prettier', '--check', '--log-level', 'warn', '.'),
      stage('lint', 'eslint', '--max-warnings', '0', '.'),
    ],
    [
      stage('types of the backend', 'tsc', '-p', 'tsconfig.json', '--noEmit'),
      // Not tsc: the Angular compiler also checks the templates.
      stage('types of the console', 'ngc', '-p', 'admin-console/tsconfig.spec.json', '--noEmit'),
    ],
  ];
}
