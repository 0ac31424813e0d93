export { ConnectionsService, laneOf } from './connections.service.js';
export { GhlAccounts } from './ghl-accounts.js';
export type { GhlConnectionEntity } from './ghl-connection.entity.js';
export { GhlOauthModule } from './ghl-oauth.module.js';
