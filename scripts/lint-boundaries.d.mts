import type { Linter } from 'eslint';

export function boundaries(root: string): Linter.Config[];
