import { permissions } from '../../platform/http/index.js';
import { permissionsOf, permissionTable } from './roles.js';

it('gives more to each higher role, and everything to the administrator', () => {
  expect([...permissionsOf('admin')].sort()).toEqual(Object.keys(permissions).sort());
  for (const permission of permissionsOf('viewer')) expect(permissionsOf('operator')).toContain(permission);
  expect([...permissionsOf('viewer')].filter((permission) => !permission.endsWith('.read'))).toEqual([]);
  expect([...permissionsOf('operator')].filter((permission) => !permission.endsWith('.read')).sort()).toEqual([
    'jobs.control',
    'provisioning.plan',
    'provisioning.start',
    'queues.control',
    'snapshots.manage',
  ]);
});

it('draws a table that does not depend on the order of routes', () => {
  const undo = {
    operation: 'undoJob',
    controller: 'C',
    verb: 'POST',
    path: '/api/jobs/:id/undo',
    permission: 'jobs.undo' as const,
  };
  const live = { operation: 'isLive', controller: 'H', verb: 'GET', path: '/health/live', public: 'probes' };
  expect(permissionTable([undo, live])).toEqual(permissionTable([live, undo]));
  expect(permissionTable([undo, live]).operations).toEqual([
    { operation: 'isLive', route: 'GET /health/live', permission: null, public: 'probes', allow: ['anyone'] },
    { operation: 'undoJob', route: 'POST /api/jobs/:id/undo', permission: 'jobs.undo', public: null, allow: ['admin'] },
  ]);
});
