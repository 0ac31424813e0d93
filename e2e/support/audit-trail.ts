import { type Agency } from './agency.js';
import { superuserUrl, withConnection } from './database-session.js';
import type { ApiApp } from './api-app.js';

export interface Entry {
  seq: number;
  actor: string;
  action: string;
  object: string | null;
  outcome: string;
}

/** Looks at the trail from outside, so that looking leaves no entry. */
export function trailOf(api: ApiApp, { tenant }: Agency, after = 0): Promise<Entry[]> {
  return withConnection(superuserUrl(api.database.name), async (client) => {
    const { rows } = await client.query<Entry>(
      `SELECT seq::int AS seq, actor, action, object, outcome FROM audit_entries WHERE agency_id = $1 AND seq > $2 ORDER BY seq`,
      [tenant, after],
    );
    return rows;
  });
}

export async function lastEntry(api: ApiApp, agency: Agency): Promise<number> {
  return (await trailOf(api, agency)).at(-1)?.seq ?? 0;
}
