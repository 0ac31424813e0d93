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

/** What became of this agency's jobs that load a snapshot. */
export const SnapshotLoads = z
  .object({
    done: z.int().min(0),
    underWay: z.int().min(0),
    failed: z.int().min(0),
    lastFailure: z
      .object({ jobId: z.uuid(), business: z.string(), cause: z.string(), at: z.iso.datetime() })
      .nullable(),
  })
  .meta({ id: 'SnapshotLoads' });
export type SnapshotLoads = z.output<typeof SnapshotLoads>;

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
    loads: SnapshotLoads,
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

/** `after` is the jobId of the last item that was read. */
export const LoadsQuery = z.strictObject({
  after: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
});
export type LoadsQuery = z.output<typeof LoadsQuery>;

/** The newest first. */
export const SnapshotLoadsPage = z
  .object({
    items: z.array(
      z.object({
        jobId: z.uuid(),
        business: z.string(),
        /** The sub-account, as soon as there is one. */
        locationId: z.string().nullable(),
        state: z.enum(['done', 'under-way', 'failed']),
        /** Why it failed. */
        cause: z.string().nullable(),
        at: z.iso.datetime(),
      }),
    ),
    next: z.uuid().nullable(),
  })
  .meta({ id: 'SnapshotLoadsPage' });
export type SnapshotLoadsPage = z.output<typeof SnapshotLoadsPage>;
