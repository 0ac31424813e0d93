export { ActorNames } from './actor-names.js';
export type { Actor } from './actor.js';
export { ApiKeysService } from './api-keys.service.js';
export { AuthenticationService } from './authentication.service.js';
export { type EnsuredAdmin, FirstAdminService } from './first-admin.service.js';
export { IdentityModule } from './identity.module.js';
export { permissionTable } from './roles.js';
export { type CreatedSignInLink, SignInLinksService } from './sign-in-links.service.js';
export { UsersService } from './users.service.js';
