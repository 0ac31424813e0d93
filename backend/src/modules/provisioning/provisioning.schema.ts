import { z } from 'zod';

const text = (max: number) =>
  z.string().trim().min(1, 'must not be empty').max(max, `must have at most ${max} characters`);
const noControls = (max: number) => text(max).regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters');

/** The client's business, as HighLevel can hold it. */
export const BusinessProfile = z
  .strictObject({
    name: noControls(200),
    email: z.email('must be an e-mail address').max(254),
    phone: z
      .string()
      .trim()
      .regex(/^\+[1-9]\d{6,14}$/, 'must be an international number such as +14155550100')
      .optional(),
    contactFirstName: noControls(100).optional(),
    contactLastName: noControls(100).optional(),
    address: noControls(300).optional(),
    city: noControls(100).optional(),
    state: noControls(100).optional(),
    postalCode: noControls(20).optional(),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be a two-letter country code such as US')
      .optional(),
    website: z
      .url({ protocol: /^https?$/, error: 'must be an http or https address' })
      .max(500)
      .optional(),
    timezone: z.string().max(60).refine(isTimeZone, 'must be a time zone such as America/Chicago').optional(),
    industry: noControls(100).optional(),
    description: noControls(4_000).optional(),
    /** What it offers, the main thing first, and what it wants to reach: they tell which snapshot fits. */
    services: z.array(noControls(200)).max(50, 'must list at most 50').optional(),
    goals: noControls(4_000).optional(),
  })
  .meta({ id: 'BusinessProfile' });
export type BusinessProfile = z.output<typeof BusinessProfile>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** `recommend` lets Switchyard choose; `none` makes an empty sub-account. */
export const SnapshotChoice = z
  .union([z.strictObject({ id: text(100) }), z.literal('recommend'), z.literal('none')])
  .meta({ id: 'SnapshotChoice' });
export type SnapshotChoice = z.output<typeof SnapshotChoice>;

export const CustomValue = z
  .strictObject({ name: noControls(200), value: z.string().max(5_000) })
  .meta({ id: 'CustomValue' });
export type CustomValue = z.output<typeof CustomValue>;

/** Names that HighLevel would make the same key of are the same value; it does not say that names are unique. */
export const valueKey = (name: string) =>
  name
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '') || name.trim();

export const NewTeamMember = z
  .strictObject({
    firstName: noControls(100),
    lastName: noControls(100),
    email: z.email('must be an e-mail address').max(254),
    role: z.enum(['admin', 'user']).default('user'),
    type: z.enum(['account', 'agency']).default('account'),
  })
  .meta({ id: 'NewTeamMember' });
export type NewTeamMember = z.output<typeof NewTeamMember>;

export const PlanProvisioning = z
  .strictObject({
    /** The HighLevel connection; may be left out while there is only one. */
    connectionId: z.uuid().optional(),
    business: BusinessProfile,
    snapshot: SnapshotChoice.default('recommend'),
    customValues: z.array(CustomValue).max(1_000).default([]),
    users: z.array(NewTeamMember).max(100).default([]),
    /** When a sub-account with this e-mail and name exists: take it over, or refuse. */
    existing: z.enum(['adopt', 'refuse']).default('refuse'),
  })
  .superRefine((plan, ctx) => {
    repeated(plan.customValues.map((value) => valueKey(value.name))).forEach((index) =>
      ctx.addIssue({
        code: 'custom',
        path: ['customValues', index, 'name'],
        message: 'is listed twice, or differs only in signs',
      }),
    );
    repeated(plan.users.map((user) => user.email.toLowerCase())).forEach((index) =>
      ctx.addIssue({ code: 'custom', path: ['users', index, 'email'], message: 'is listed twice' }),
    );
  })
  .meta({ id: 'PlanProvisioning' });
export type PlanProvisioning = z.output<typeof PlanProvisioning>;

function repeated(keys: string[]): number[] {
  const seen = new Set<string>();
  return keys.flatMap((key, index) => (seen.has(key) ? [index] : (seen.add(key), [])));
}

export const StartProvisioning = PlanProvisioning.safeExtend({
  /** The plan that was reviewed. Without it the plan is made and applied in one go. */
  planHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be the planHash of a plan')
    .optional(),
}).meta({ id: 'StartProvisioning' });
export type StartProvisioning = z.output<typeof StartProvisioning>;

/** One line of a plan's diff. `from` is null where nothing exists yet. */
export const FieldChange = z
  .object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() })
  .meta({ id: 'FieldChange' });

export const PlanAction = z
  .object({
    kind: z.enum(['create', 'adopt', 'load', 'write', 'invite', 'verify', 'skip', 'manual']),
    step: z.string(),
    /** What is acted on, in words: a sub-account, a snapshot, a custom value, a person. */
    subject: z.string(),
    changes: z.array(FieldChange),
    note: z.string().optional(),
  })
  .meta({ id: 'PlanAction' });
export type PlanAction = z.output<typeof PlanAction>;

export const SnapshotDecision = z
  .object({
    id: z.string().nullable(),
    name: z.string().nullable(),
    chosenBy: z.enum(['person', 'recommendation', 'none']),
    confidence: z.number().min(0).max(1).nullable(),
    reasons: z.array(z.string()),
    runnersUp: z.array(z.object({ id: z.string(), name: z.string(), confidence: z.number() })),
    /** What Switchyard would choose, whoever chose; an id that is null is none. Null when nobody saw a recommendation. */
    recommended: z
      .object({ id: z.string().nullable(), name: z.string().nullable(), confidence: z.number().min(0).max(1) })
      .nullable()
      .default(null),
    /** Why a language model's word does not count; null when it was not asked, or does. */
    note: z.string().nullable().default(null),
  })
  .meta({ id: 'SnapshotDecision' });
export type SnapshotDecision = z.output<typeof SnapshotDecision>;

export const ProvisioningPlan = z
  .object({
    planHash: z.string(),
    connectionId: z.uuid(),
    title: z.string(),
    snapshot: SnapshotDecision,
    actions: z.array(PlanAction),
    calls: z.object({
      /** Calls that spend the agency's budget, and calls that spend the sub-account's own. */
      company: z.number().int(),
      location: z.number().int(),
      /** Looks at the snapshot's load: they depend on how long HighLevel takes. */
      polls: z.number().int(),
    }),
    estimateMs: z.number().int(),
    warnings: z.array(z.string()),
    manualTasks: z.array(z.string()),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'ProvisioningPlan' });
export type ProvisioningPlan = z.output<typeof ProvisioningPlan>;

export const ProvisioningView = z
  .object({ jobId: z.uuid(), title: z.string(), state: z.string(), planHash: z.string(), plan: ProvisioningPlan })
  .meta({ id: 'ProvisioningView' });
export type ProvisioningView = z.output<typeof ProvisioningView>;
