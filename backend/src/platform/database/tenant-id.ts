declare const brand: unique symbol;
/** The agency whose rows may be seen. Branded, so that no other string can stand in its place. */
export type TenantId = string & { readonly [brand]: 'TenantId' };

/** For the few places where an agency id comes from a trusted row or a verified session. */
export const asTenantId = (id: string) => id as TenantId;
