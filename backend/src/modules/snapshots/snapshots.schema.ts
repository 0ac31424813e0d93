import { z } from 'zod';

const words = (max: number) => z.string().trim().max(max);

/** What the agency knows about its snapshot; HighLevel tells only a name. */
export const AnnotateSnapshot = z
  .strictObject({
    vertical: words(100).nullable().default(null),
    language: z
      .string()
      .regex(/^[a-z]{2}$/, 'must be a two-letter language code such as en')
      .nullable()
      .default(null),
    description: words(4_000).nullable().default(null),
    contents: z.array(words(200)).max(200).default([]),
    /** Names of the custom values it needs. */
    customValues: z.array(words(200)).max(500).default([]),
  })
  .meta({ id: 'AnnotateSnapshot' });
export type AnnotateSnapshot = z.output<typeof AnnotateSnapshot>;

export const SnapshotView = z
  .object({
    id: z.string(),
    connectionId: z.uuid(),
    name: z.string(),
    type: z.enum(['own', 'imported']),
    vertical: z.string().nullable(),
    language: z.string().nullable(),
    description: z.string().nullable(),
    contents: z.array(z.string()),
    customValues: z.array(z.string()),
    annotatedAt: z.iso.datetime().nullable(),
    /** HighLevel no longer lists it. */
    gone: z.boolean(),
  })
  .meta({ id: 'Snapshot' });
export type SnapshotView = z.output<typeof SnapshotView>;

export const SnapshotsQuery = z.strictObject({
  search: z.string().max(200).optional(),
  vertical: z.string().max(100).optional(),
  type: z.enum(['own', 'imported']).optional(),
});
export type SnapshotsQuery = z.output<typeof SnapshotsQuery>;

export const SnapshotLibrary = z
  .object({
    items: z.array(SnapshotView),
    verticals: z.array(z.string()),
    /** When HighLevel was last asked; null when it never was. */
    refreshedAt: z.iso.datetime().nullable(),
    ageSeconds: z.number().int().nullable(),
  })
  .meta({ id: 'SnapshotLibrary' });
export type SnapshotLibrary = z.output<typeof SnapshotLibrary>;

export const Intake = z
  .strictObject({
    name: words(200).min(1),
    industry: words(200).optional(),
    description: words(4_000).optional(),
    city: words(100).optional(),
    country: words(2).optional(),
  })
  .meta({ id: 'Intake' });
export type Intake = z.output<typeof Intake>;

export const Recommendation = z
  .object({
    /** Null when nothing fits well enough. */
    choice: z.string().nullable(),
    /** How likely the decision is right, to choose none included; below the agency's threshold none is chosen. */
    confidence: z.number().min(0).max(1),
    ranking: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        score: z.number(),
        confidence: z.number(),
        /** Which words of the intake met which words of the snapshot. */
        facts: z.array(
          z.object({
            said: z.string(),
            in: z.enum(['name', 'industry', 'description', 'services', 'goals']),
            has: z.string(),
            of: z.enum(['name', 'vertical', 'description', 'contents']),
            how: z.enum(['same', 'near', 'word']),
          }),
        ),
        reasons: z.array(z.string()),
        /** Why it is behind the chosen one. */
        behind: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Recommendation' });
export type Recommendation = z.output<typeof Recommendation>;
