import { prepareNode, whileOthersWait } from '../lib/build.mjs';
import { orExitCode } from '../lib/run-step.mjs';
import { closingLine, runStages } from '../lib/stages.mjs';
import { staticStages } from '../lib/static-stages.mjs';

export const run = () =>
  orExitCode(async () => {
    const node = await whileOthersWait(prepareNode);
    const results = await runStages(...staticStages(node));
    console.log(closingLine(results));
    return results.some(({ failed }) => failed > 0) ? 1 : 0;
  });
