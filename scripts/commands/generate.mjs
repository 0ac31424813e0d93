import { buildBackend, prepareNode, whileOthersWait } from '../lib/build.mjs';
import { serverFile } from '../lib/paths.mjs';
import { orExitCode, runTool } from '../lib/run-step.mjs';

export const run = ({ check }) =>
  orExitCode(async () => {
    const node = await whileOthersWait(async () => {
      const found = await prepareNode();
      await buildBackend();
      return found;
    });
    const { reason } = await runTool(node, [serverFile('main.cli.js'), 'generate', ...(check ? ['--check'] : [])]);
    return reason ? 1 : 0;
  });
