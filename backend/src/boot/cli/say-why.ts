import { AppError } from '../../platform/errors/index.js';

const expected = new Set(['Refused', 'StartRefused', 'ConfigError']);

/** One sentence for what a person can act on; a stack for what only we can. Faults of the environment exit with 2, others with 1. */
export function sayWhy(error: unknown): void {
  const { name, message, stack } = error as Error;
  const told = error instanceof AppError ? error.detail : expected.has(name) ? message : stack;
  process.stderr.write(`${told}\n`);
  process.exitCode = name === 'ConfigError' ? 2 : 1;
}
