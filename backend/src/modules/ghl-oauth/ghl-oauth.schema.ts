import { z } from 'zod';

/** A part of HighLevel whose calls are held back because it keeps failing. */
export const BreakerView = z
  .object({
    part: z.enum(['oauth', 'companies', 'locations', 'snapshots', 'custom-values', 'users']),
    /** `half-open`: one call is trying right now. */
    state: z.enum(['open', 'half-open']),
    since: z.iso.datetime(),
    cause: z.object({ code: z.string(), detail: z.string() }),
    /** From when on the next call tries; null while one does. */
    nextProbeAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Breaker' });
export type BreakerView = z.output<typeof BreakerView>;

export const GhlConnectionView = z
  .object({
    id: z.uuid(),
    provider: z.literal('ghl'),
    companyId: z.string(),
    companyName: z.string(),
    status: z.enum(['active', 'reconnect', 'disconnected']),
    /** Why it is not active, in words, and what to do. */
    statusReason: z.string().nullable(),
    scopes: z.array(z.string()),
    missingScopes: z.array(z.string()),
    /** Will sub-accounts that we make get the app by themselves? Null while HighLevel has not said. */
    installToFutureLocations: z.boolean().nullable(),
    /** Empty while HighLevel works. */
    breakers: z.array(BreakerView),
    warnings: z.array(z.string()),
    accessExpiresAt: z.iso.datetime(),
    refreshDueAt: z.iso.datetime(),
    connectedBy: z.string(),
    connectedAt: z.iso.datetime(),
  })
  .meta({ id: 'GhlConnection' });
export type GhlConnectionView = z.output<typeof GhlConnectionView>;

export const ProviderMode = z.enum(['simulator', 'real', 'off']).meta({ id: 'ProviderMode' });
export type ProviderMode = z.output<typeof ProviderMode>;

export const Connections = z
  .object({
    providers: z.array(
      z.object({ name: z.string(), title: z.string(), mode: ProviderMode, url: z.string().nullable() }),
    ),
    items: z.array(GhlConnectionView),
  })
  .meta({ id: 'Connections' });
export type Connections = z.output<typeof Connections>;

export const StartedConnection = z
  .object({
    /** Where the browser goes next: HighLevel's consent page. */
    consentUrl: z.string(),
  })
  .meta({ id: 'StartedConnection' });

export const OauthCallbackQuery = z.object({
  code: z.string().max(2_000).optional(),
  state: z.string().max(500).optional(),
  error: z.string().max(200).optional(),
});
export type OauthCallbackQuery = z.output<typeof OauthCallbackQuery>;

export const WebhookReceipt = z
  .object({ received: z.literal(true), duplicate: z.boolean() })
  .meta({ id: 'WebhookReceipt' });
