import type { ApiApp } from './api-app.js';
import { superuserUrl, withConnection } from './database-session.js';
import { until } from './until.js';

/** Waits until the engine has nothing to do at this moment: no run is due in a queue that runs, no event is untold, none is unread. */
export function atRest({ database }: ApiApp): Promise<true> {
  return withConnection(superuserUrl(database.name), (client) =>
    until(async () => {
      const { rows } = await client.query<{ rest: boolean }>(
        `SELECT NOT EXISTS (SELECT 1 FROM runs r WHERE state IN ('running', 'undoing')
             OR (state IN ('ready', 'waiting') AND run_at < now() + interval '1 minute' AND NOT EXISTS (
               SELECT 1 FROM queue_controls c WHERE c.agency_id = r.agency_id AND c.queue = r.queue AND c.mode = 'paused')))
           AND NOT EXISTS (SELECT 1 FROM outbox WHERE tell_at < now() + interval '1 minute')
           AND NOT EXISTS (SELECT 1 FROM inbox WHERE state = 'new') AS rest`,
      );
      return rows[0].rest || undefined;
    }),
  );
}
