/** Whose budget of calls: the agency's, or one sub-account's. */
export interface GhlSpender {
  companyId: string;
  locationId?: string;
}

/** HighLevel counts per app and resource. */
export const resourceOf = (appId: string, { companyId, locationId }: GhlSpender): string =>
  [appId, companyId, ...(locationId ? [locationId] : [])].join('/');

export function spenderOf(resource: string): GhlSpender {
  const [, companyId, locationId] = resource.split('/');
  return { companyId: companyId ?? '', locationId };
}
