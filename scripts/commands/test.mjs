import { buildAll, buildBackend, prepareNode, whileOthersWait } from '../lib/build.mjs';
import { jestStage } from '../lib/jest-stage.mjs';
import { serverFile } from '../lib/paths.mjs';
import { say } from '../lib/run-step.mjs';
import { closingLine, runStages, toolStage } from '../lib/stages.mjs';
import { staticStages } from '../lib/static-stages.mjs';

const REQUIRABLE = ['chromium', 'redis'];

export async function run(_options, jestArguments) {
  const fault = requirementFault(process.env.SWITCHYARD_REQUIRE);
  if (fault) {
    console.error(fault);
    return 2;
  }
  const results = await everything(jestArguments);
  console.log(closingLine(results));
  return results.some(({ failed }) => failed > 0) ? 1 : 0;
}

async function everything(jestArguments) {
  let node;
  try {
    node = await whileOthersWait(() => prepare(jestArguments));
  } catch (error) {
    say(error.message);
    return [{ passed: 0, failed: 1, skipped: 0 }];
  }
  if (jestArguments.length > 0) return runStages([jestStage('chosen tests', node, jestArguments)]);
  return [
    ...(await runStages(...staticStages(node))),
    ...(await runStages([
      toolStage('generated files', node, [serverFile('main.cli.js'), 'generate', '--check']),
      jestStage('backend and console', node, ['--selectProjects', 'backend', 'admin-console', '--coverage']),
      jestStage('end to end', node, ['--selectProjects', 'e2e', '--runInBand']),
    ])),
  ];
}

async function prepare(jestArguments) {
  const node = await prepareNode();
  // Chosen unit tests should not wait for the console; end-to-end tests look at it.
  const looksAtConsole = jestArguments.length === 0 || jestArguments.some((word) => word.includes('e2e'));
  await (looksAtConsole ? buildAll() : buildBackend());
  return node;
}

/** A misspelt requirement would be no requirement at all. */
function requirementFault(list = '') {
  const unknown = list.split(',').filter((name) => name !== '' && !REQUIRABLE.includes(name));
  return unknown.length > 0
    ? `SWITCHYARD_REQUIRE names ${unknown.join(', ')}; it knows ${REQUIRABLE.join(' and ')}.`
    : undefined;
}
