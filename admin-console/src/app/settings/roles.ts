import type { Role } from '../api/models';

export const ROLES: { role: Role; label: string; may: string }[] = [
  { role: 'admin', label: 'Admin', may: 'everything, also people, keys and connections' },
  { role: 'operator', label: 'Operator', may: 'plan, start, retry, cancel and undo' },
  { role: 'viewer', label: 'Viewer', may: 'look, and change nothing' },
];
