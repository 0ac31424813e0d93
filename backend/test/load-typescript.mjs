import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const COMPILER = {
  sourceMaps: 'inline',
  swcrc: false,
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2023',
    keepClassNames: true,
  },
  module: { type: 'es6' },
};

/**
 * Jest does not map `./x.js` to `x.ts` in its global set-up as it does in specs. With this the set-up uses the same
 * sources as the specs, and not a build that may be older.
 */
export async function importTypescript(path) {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const isOurs = context.parentURL?.endsWith('.ts') && /^\..*\.js$/.test(specifier);
      const source = isOurs && new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      return source && existsSync(source) ? { url: source.href, shortCircuit: true } : next(specifier, context);
    },
    load(url, context, next) {
      if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
      const filename = fileURLToPath(url);
      const { code } = transformSync(readFileSync(filename, 'utf8'), { ...COMPILER, filename });
      return { format: 'module', source: code, shortCircuit: true };
    },
  });
  try {
    return await import(new URL(path, import.meta.url));
  } finally {
    hooks.deregister();
  }
}
