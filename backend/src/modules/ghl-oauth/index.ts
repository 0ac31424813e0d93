export { ConnectionsService } from './connections.service.js';
export { GhlAccounts } from './ghl-accounts.js';
export type { GhlConnectionEntity } from './ghl-connection.entity.js';
export { RateIncidents } from './rate-incidents.js';
export { GhlOauthModule } from './ghl-oauth.module.js';
export { laneOf } from './lane-of.js';
