import { z } from 'zod';

const words = (max: number) => z.string().trim().max(max);

export const intakesAtMost = 1_000;
/** A thousand intakes with long texts. */
export const intakeBytesAtMost = 12 * 1024 * 1024;

export const Intake = z
  .strictObject({
    name: words(200).min(1),
    industry: words(200).optional(),
    description: words(4_000).optional(),
    city: words(100).optional(),
    country: words(2).optional(),
    /** What it offers, the main thing first. */
    services: z.array(words(200)).max(50).optional(),
    /** What it wants to reach. */
    goals: words(4_000).optional(),
  })
  .meta({ id: 'Intake' });
export type Intake = z.output<typeof Intake>;

/** One intake as it is, or many as `intakes`. */
export const RecommendSnapshots = z
  .strictObject({
    ...Intake.partial().shape,
    intakes: z.array(Intake).min(1).max(intakesAtMost, `must hold at most ${intakesAtMost} intakes`).optional(),
    /** Only the snapshots of this HighLevel connection. */
    connectionId: z.uuid().optional(),
  })
  .superRefine(({ intakes, connectionId, ...intake }, ctx) => {
    const refuse = (field: string, message: string) => ctx.addIssue({ code: 'custom', path: [field], message });
    if (!intakes && intake.name === undefined) refuse('name', 'must be given, or intakes');
    if (intakes) for (const field of Object.keys(intake)) refuse(field, 'belongs into one of the intakes');
  })
  .meta({ id: 'RecommendSnapshots' });
export type RecommendSnapshots = z.output<typeof RecommendSnapshots>;

export const Recommendation = z
  .object({
    /** Null when nothing fits, or when a person should decide. */
    choice: z.string().nullable(),
    /** How likely the decision is right, to choose none included. */
    confidence: z.number().min(0).max(1),
    /** The agency's own: below it a person decides. */
    threshold: z.number().min(0).max(1),
    /** Why nothing is chosen: nothing fits, or the first of the ranking is not sure enough. */
    held: z.enum(['none-fits', 'unsure']).nullable(),
    by: z.enum(['offline', 'model']),
    /** Why a model's word does not count; null when it was not asked, or does. */
    note: z.string().nullable(),
    /** The best first. */
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
        /** How far the agency's earlier choices moved its score. */
        learned: z.number(),
      }),
    ),
  })
  .meta({ id: 'Recommendation' });
export type Recommendation = z.output<typeof Recommendation>;

/** In the order of the intakes; of each ranking the first five. */
export const Recommendations = z.object({ items: z.array(Recommendation) }).meta({ id: 'Recommendations' });
export type Recommendations = z.output<typeof Recommendations>;

export const RecommendationAnswer = z.union([Recommendation, Recommendations]);
