import { z } from 'zod';
import type { AiCandidate } from './ai.port.js';

/** A library and its questions as files, the way evaluations exchange them. */
export const CatalogueFile = z.object({
  snapshots: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      description: z.string().default(''),
      tags: z.array(z.string()).default([]),
      assets: z.array(z.string()).default([]),
    }),
  ),
});
export type CatalogueFile = z.output<typeof CatalogueFile>;

export const CaseLine = z.object({
  id: z.string(),
  intake: z.object({
    name: z.string().default(''),
    industry: z.string().default(''),
    description: z.string().default(''),
    services: z.array(z.string()).default([]),
    goals: z.string().default(''),
  }),
});
export type CaseLine = z.output<typeof CaseLine>;

export const candidateOf = ({
  id,
  name,
  description,
  tags,
  assets,
}: CatalogueFile['snapshots'][number]): AiCandidate => ({
  ...{ id, name, description, contents: assets },
  vertical: tags.join(', '),
});
