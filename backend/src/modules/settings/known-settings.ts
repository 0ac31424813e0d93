import { canonicalJson, sha256Hex } from '../../platform/http/canonical-json.js';
import { AgencySettings } from './settings.schema.js';

/** The registry: every setting but the agency's name, with what holds until somebody changes it. */
export const defaults: Omit<AgencySettings, 'agencyName'> = {
  recommendationThreshold: 0.6,
  modelBudgetPerDay: 500,
  defaultUserRole: 'user',
  timezone: 'UTC',
};

/** Stored values over defaults. A stored value that today's rules refuse counts as not set. */
export function fromStored(agencyName: string, rows: readonly { key: string; value: unknown }[]): AgencySettings {
  const stored = new Map(rows.map((row) => [row.key, row.value]));
  const entries = Object.entries(defaults).map(([key, fallback]) => {
    const read = AgencySettings.shape[key as keyof typeof defaults].safeParse(stored.get(key));
    return [key, read.success ? read.data : fallback];
  });
  return AgencySettings.parse({ agencyName, ...Object.fromEntries(entries) });
}

/** Names the content: two readers of the same settings hold the same version. */
export const versionOf = (settings: AgencySettings) => sha256Hex(canonicalJson(settings)).slice(0, 16);
