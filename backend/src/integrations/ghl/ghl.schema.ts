import { z } from 'zod';

/*
 * What we read from HighLevel. Plain objects: unknown fields are ignored, and what the documents leave open is
 * accepted in each form seen: numbers and booleans as strings, an object wrapped or flat, lists missing or null.
 */

const id = z.union([z.string().min(1), z.number().transform(String)]);
const text = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .transform((value) => (value === null || value === '' ? undefined : value));
const flag = z
  .union([z.boolean(), z.string()])
  .nullish()
  .transform((value) => (typeof value === 'string' ? value.toLowerCase() === 'true' : (value ?? undefined)));
const count = z.coerce.number().int().nonnegative();
const ids = z
  .array(id)
  .nullish()
  .transform((value) => value ?? undefined);
const names = z
  .union([z.array(z.string()), z.string().transform(listInText)])
  .nullish()
  .transform((value) => value ?? []);
const token = z.string().min(1);
const when = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => {
    const date = value === null || value === undefined ? undefined : new Date(value);
    return date && !Number.isNaN(date.getTime()) ? date : undefined;
  });

/** Some examples of the documents carry a list as text: `"{forms,surveys}"` or `"[forms, surveys]"`. */
function listInText(value: string): string[] {
  return value
    .replace(/[[\]{}"']/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

const wrappedOrFlat = <T extends z.ZodType>(name: string, schema: T) =>
  z.union([z.object({ [name]: schema }).transform((answer) => answer[name] as z.output<T>), schema]);

export const GrantAnswer = z.object({
  access_token: token,
  refresh_token: token,
  expires_in: z.coerce.number().positive(),
  scope: text,
  userType: z.enum(['Company', 'Location']).optional(),
  companyId: id,
  locationId: text,
  userId: text,
  installToFutureLocations: flag,
});

export const LocationTokenAnswer = z.object({
  access_token: token,
  expires_in: z.coerce.number().positive(),
  locationId: text,
  companyId: text,
});

export const InstalledLocationsAnswer = z.object({
  locations: z.array(z.object({ _id: id.optional(), id: id.optional(), name: text, isInstalled: flag })).default([]),
  count: count.optional(),
  installToFutureLocations: flag,
});

export const CompanyAnswer = wrappedOrFlat('company', z.object({ id, name: text }));

const Location = z.object({
  id,
  companyId: text,
  name: text,
  email: text,
  phone: text,
  address: text,
  city: text,
  state: text,
  postalCode: text,
  country: text,
  website: text,
  timezone: text,
});
export type LocationAnswer = z.output<typeof Location>;
export const LocationAnswer = wrappedOrFlat('location', Location);
export const LocationsAnswer = z.object({ locations: z.array(Location) });

export const SnapshotsAnswer = z.object({ snapshots: z.array(z.object({ id, name: text, type: text })) });
export const SnapshotLoadsAnswer = z.object({
  data: z.array(z.object({ id, locationId: id, status: text, dateAdded: when })).default([]),
});
export const SnapshotLoadAnswer = z.object({
  data: z.object({ status: text, completed: names, pending: names }).nullish(),
});

const CustomValue = z.object({ id, name: text, value: text, fieldKey: text });
export type CustomValueAnswer = z.output<typeof CustomValue>;
export const CustomValueAnswer = wrappedOrFlat('customValue', CustomValue);
export const CustomValuesAnswer = z.object({ customValues: z.array(CustomValue) });

const User = z.object({
  id,
  email: text,
  firstName: text,
  lastName: text,
  type: text,
  role: text,
  locationIds: ids,
  roles: z.object({ type: text, role: text, locationIds: ids }).nullish(),
});
export type UserAnswer = z.output<typeof User>;
export const UserAnswer = wrappedOrFlat('user', User);
export const UsersAnswer = z.object({ users: z.array(User), count: count.optional() });

/** Removals answer `{success}` or `{succeded}` (spelled so); an explicit `false` is no success. */
export const RemovedAnswer = z
  .object({ success: flag, succeded: flag, succeeded: flag })
  .refine((answer) => ![answer.success, answer.succeded, answer.succeeded].includes(false));

const fields = {
  type: z.string().min(1),
  appId: text,
  companyId: text,
  locationId: text,
  id: text,
  installType: text,
  userId: text,
  name: text,
  email: text,
};
const Flat = z.looseObject({ ...fields, timestamp: when, webhookId: text });

/**
 * A webhook: the event's fields at the top level, or under `data`. Documented fields may be missing, most events
 * carry no `appId`, and a retry repeats the original `timestamp`; the same `webhookId` is the same event.
 */
export const GhlWebhook = z
  .looseObject({ data: z.looseObject({}).optional() })
  .transform(({ data, ...envelope }) => ({ ...data, ...envelope }))
  .pipe(Flat);
export type GhlWebhook = z.output<typeof GhlWebhook>;
