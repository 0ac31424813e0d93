import { serverFile } from '../lib/paths.mjs';
import { buildAndServe } from '../lib/serve.mjs';

export const run = (options) => buildAndServe([serverFile('main.embedded.js')], options);
