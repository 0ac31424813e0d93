import { z } from 'zod';
import { Intake } from './recommendation.schema.js';

/** `after` is the id of the last item that was read. */
export const FeedbackQuery = z.strictObject({
  after: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
});
export type FeedbackQuery = z.output<typeof FeedbackQuery>;

const NamedSnapshot = z.object({ id: z.string(), name: z.string() }).nullable();

export const SnapshotFeedback = z
  .object({
    id: z.uuid(),
    at: z.iso.datetime(),
    by: z.string(),
    /** Whether the agency did what was recommended. */
    kind: z.enum(['accepted', 'overridden']),
    intake: Intake,
    /** Null is none. */
    recommended: NamedSnapshot,
    chosen: NamedSnapshot,
    /** How sure the recommendation was. */
    confidence: z.number().min(0).max(1),
    jobId: z.uuid().nullable(),
  })
  .meta({ id: 'SnapshotFeedback' });
export type SnapshotFeedback = z.output<typeof SnapshotFeedback>;

/** The newest first. */
export const SnapshotFeedbackPage = z
  .object({ items: z.array(SnapshotFeedback), next: z.uuid().nullable() })
  .meta({ id: 'SnapshotFeedbackPage' });
export type SnapshotFeedbackPage = z.output<typeof SnapshotFeedbackPage>;

const count = z.int().min(0);
const share = z.number().min(0).max(1);

/** How good the recommendations were, reckoned from what the agency did with them. */
export const SnapshotQuality = z
  .object({
    decided: count,
    accepted: count,
    overridden: count,
    /** Were only decisions of at least this confidence taken: how many there would be, and how many of them right. */
    coverageAccuracy: z.array(z.object({ threshold: share, coverage: share, accuracy: share })),
    /** Decisions by their confidence, in tenths; those without any are left out. */
    calibration: z.array(z.object({ from: share, to: share, count, meanConfidence: share, accuracy: share })),
    /** By the Monday on which a week begins (UTC); the last two years. */
    overrides: z.array(z.object({ week: z.iso.date(), decided: count, overridden: count })),
    /** The agency's own. */
    threshold: share,
    /** What a language model was asked on this day of UTC; null where none is set up. */
    model: z.object({ name: z.string(), asked: count, unanswered: count, budget: count }).nullable(),
    since: z.iso.datetime().nullable(),
  })
  .meta({ id: 'SnapshotQuality' });
export type SnapshotQuality = z.output<typeof SnapshotQuality>;
