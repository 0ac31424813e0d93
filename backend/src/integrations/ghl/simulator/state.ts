/** Everything the simulator knows, as plain JSON: it is written to the data file before each changing answer. */
export interface SimState {
  /** Grows with each id made, so that ids follow from the seed and the order of requests. */
  made: number;
  clockOffsetMs: number;
  webhookUrl?: string;
  companies: SimCompany[];
  snapshots: SimSnapshot[];
  locations: SimLocation[];
  loads: SimLoad[];
  customValues: SimCustomValue[];
  users: SimUser[];
  codes: Record<string, SimGrant & { used: boolean; redirectUri: string; expiresAt: number }>;
  access: Record<string, SimAccess>;
  refresh: Record<string, SimGrant & { used: boolean; expiresAt: number }>;
  deliveries: SimDelivery[];
  webhookMode: SimWebhookMode;
}

export interface SimGrant {
  holder: 'Company' | 'Location';
  companyId: string;
  locationId?: string;
  userId: string;
  scopes: string[];
}

export interface SimAccess extends SimGrant {
  expiresAt: number;
  /** A private integration token: static, and refused where the documents say "Agency-Access-Only". */
  pit?: boolean;
}

export interface SimCompany {
  id: string;
  name: string;
  email: string;
  /** Creating sub-accounts needs the $497 plan. */
  agencyPro: boolean;
  installation?: { scopes: string[]; installToFutureLocations: boolean; userId: string };
}

export interface SimSnapshot {
  id: string;
  companyId?: string;
  name: string;
  type: 'own' | 'imported';
  assets: string[];
  customValues: string[];
  /** Assets that fail in the first load into a sub-account; loading again completes them. */
  firstLoadFails?: string[];
  alwaysFails?: boolean;
  /** Loads stop half-way for ever. */
  stuck?: boolean;
}

export interface SimLocation {
  id: string;
  companyId: string;
  name: string;
  fields: Record<string, unknown>;
  active: boolean;
  createdAt: number;
  /** Search shows it from here on; reading by id always does. */
  visibleAt: number;
  /** From here on the app is installed; absent means never. */
  installedAt?: number;
}

export interface SimLoad {
  id: string;
  snapshotId: string;
  locationId: string;
  startedAt: number;
  override: boolean;
  assets: { name: string; dueAt: number; fails: boolean; applied: boolean }[];
  settled: boolean;
}

export interface SimCustomValue {
  id: string;
  locationId: string;
  name: string;
  value: string;
  fieldKey: string;
}

export interface SimUser {
  id: string;
  companyId: string;
  email: string;
  firstName: string;
  lastName: string;
  phone?: string;
  type: string;
  role: string;
  locationIds: string[];
  scopes?: string[];
  goneAt?: number;
}

export type SimSignature = 'good' | 'bad' | 'none' | 'N/A' | 'legacy';

export interface SimDelivery {
  webhookId: string;
  type: string;
  body: string;
  signature: SimSignature;
  attempt: number;
  dueAt: number;
}

export interface SimWebhookMode {
  /** Further copies of each webhook. */
  duplicates: number;
  /** Deliveries are spread at random over this time, so that they overtake each other. */
  spreadMs: number;
  signature: SimSignature;
  /** Put the event's fields under `data`, as the guide's sample code reads them. */
  underData: boolean;
}

export const plainWebhooks: SimWebhookMode = { duplicates: 0, spreadMs: 0, signature: 'good', underData: false };
