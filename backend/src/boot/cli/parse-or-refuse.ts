import type { z } from 'zod';
import { Refused } from './refused.js';

/** The same rules as over HTTP; every fault at once. */
export function parseOrRefuse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refused(
    parsed.error.issues.map((issue) => `${issue.path.join('.') || 'The input'}: ${issue.message}`).join('\n'),
  );
}
