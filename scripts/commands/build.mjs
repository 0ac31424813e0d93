import { buildAll, prepareNode, whileOthersWait } from '../lib/build.mjs';
import { orExitCode } from '../lib/run-step.mjs';

export const run = (options) =>
  orExitCode(() =>
    whileOthersWait(async () => {
      await prepareNode();
      await buildAll(options);
    }),
  );
