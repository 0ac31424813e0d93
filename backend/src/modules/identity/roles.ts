import { type Permission, permissions, type RoleName, type RouteInfo } from '../../platform/http/index.js';

const everything = Object.keys(permissions) as Permission[];
const reading = everything.filter((permission) => permission.endsWith('.read'));

/** Who may do what. Deny by default: a permission that is not listed is not given. */
const allowed: Record<RoleName, readonly Permission[]> = {
  viewer: reading,
  operator: [
    ...reading,
    'provisioning.plan',
    'provisioning.start',
    'jobs.control',
    'queues.control',
    'snapshots.manage',
  ],
  admin: everything,
};

export const roleNames = Object.keys(allowed) as RoleName[];

export const permissionsOf = (role: RoleName): ReadonlySet<Permission> => new Set(allowed[role]);

/** docs/permissions.json: every operation with the roles that may call it. Made from the routes, compared in CI. */
export function permissionTable(routes: readonly RouteInfo[]) {
  const rows = routes.map((route) => ({
    operation: route.operation,
    route: `${route.verb} ${route.path}`,
    permission: route.permission ?? null,
    public: route.public ?? null,
    allow: route.permission ? roleNames.filter((role) => permissionsOf(role).has(route.permission!)) : ['anyone'],
  }));
  return { permissions, operations: rows.sort((a, b) => (a.route < b.route ? -1 : 1)) };
}
