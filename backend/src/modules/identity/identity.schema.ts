import { z } from 'zod';

export const Role = z.enum(['admin', 'operator', 'viewer']).meta({ id: 'Role' });
export type Role = z.output<typeof Role>;

/** No rules about kinds of characters: length is what counts. */
export const Password = z
  .string()
  .min(12, 'must have at least 12 characters')
  .max(128, 'must have at most 128 characters');

export const SignIn = z
  .strictObject({
    email: z.string().trim().min(1, 'must not be empty').max(254),
    password: z.string().min(1, 'must not be empty').max(128),
  })
  .meta({ id: 'SignIn' });
export type SignIn = z.output<typeof SignIn>;

export const SignInByLink = z.strictObject({ token: z.string().min(20).max(200) }).meta({ id: 'SignInByLink' });
export type SignInByLink = z.output<typeof SignInByLink>;

export const SessionView = z
  .object({
    agency: z.object({ id: z.uuid(), name: z.string() }),
    user: z.object({ id: z.uuid(), name: z.string(), email: z.string(), hasPassword: z.boolean() }).nullable(),
    role: Role,
    permissions: z.array(z.string()),
    expiresAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Session' });
export type SessionView = z.output<typeof SessionView>;

export const UserView = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: Role,
    createdAt: z.iso.datetime(),
    disabledAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'User' });
export type UserView = z.output<typeof UserView>;
export const Users = z.object({ items: z.array(UserView) }).meta({ id: 'Users' });

export const CreateUser = z
  .strictObject({
    email: z.email('must be an e-mail address').max(254),
    name: z.string().trim().min(1, 'must not be empty').max(200),
    role: Role,
    password: Password,
  })
  .meta({ id: 'CreateUser' });
export type CreateUser = z.output<typeof CreateUser>;

export const ChangeUser = z
  .strictObject({
    name: z.string().trim().min(1).max(200).optional(),
    role: Role.optional(),
    disabled: z.boolean().optional(),
  })
  .meta({ id: 'ChangeUser' });
export type ChangeUser = z.output<typeof ChangeUser>;

export const SetPassword = z
  .strictObject({ current: z.string().max(128).optional(), password: Password })
  .meta({ id: 'SetPassword' });
export type SetPassword = z.output<typeof SetPassword>;

export const CreateApiKey = z
  .strictObject({
    name: z.string().trim().min(1, 'must not be empty').max(100),
    role: Role,
    expiresInDays: z.number().int().min(1).max(3_650).optional(),
  })
  .meta({ id: 'CreateApiKey' });
export type CreateApiKey = z.output<typeof CreateApiKey>;

export const ApiKeyView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    role: Role,
    prefix: z.string(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKeyView = z.output<typeof ApiKeyView>;
export const ApiKeys = z.object({ items: z.array(ApiKeyView) }).meta({ id: 'ApiKeys' });

/** The only answer that holds the key itself. */
export const CreatedApiKey = ApiKeyView.extend({ key: z.string() }).meta({ id: 'CreatedApiKey' });
export type CreatedApiKey = z.output<typeof CreatedApiKey>;
