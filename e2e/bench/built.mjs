import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const dist = resolve(process.env.SERVER_DIST ?? fileURLToPath(new URL('../../dist/server', import.meta.url)));

/** A module of the server as it was built last. */
export const built = (path) => import(pathToFileURL(`${dist}/${path}`).href);
