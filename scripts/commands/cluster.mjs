import { serverFile } from '../lib/paths.mjs';
import { buildAndServe } from '../lib/serve.mjs';

export const run = (options) => {
  const { apis = '2', workers = '4' } = options;
  return buildAndServe([serverFile('main.cluster.js'), `--apis=${apis}`, `--workers=${workers}`], options);
};
