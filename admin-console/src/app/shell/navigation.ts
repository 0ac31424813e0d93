export interface Destination {
  path: string;
  label: string;
  icon: string;
  /** The key after `g`. */
  key: string;
}

export const DESTINATIONS: Destination[] = [
  { path: '/dashboard', label: 'Dashboard', icon: 'space_dashboard', key: 'd' },
  { path: '/provision', label: 'Provision', icon: 'add_business', key: 'p' },
  { path: '/batches', label: 'Batches', icon: 'table_rows', key: 'b' },
  { path: '/jobs', label: 'Jobs', icon: 'list_alt', key: 'j' },
  { path: '/snapshots', label: 'Snapshots', icon: 'photo_library', key: 's' },
  { path: '/connect', label: 'Connect', icon: 'link', key: 'c' },
  { path: '/workers', label: 'Workers', icon: 'memory', key: 'w' },
  { path: '/audit', label: 'Audit', icon: 'verified_user', key: 'a' },
  { path: '/settings', label: 'Settings', icon: 'settings', key: 'e' },
];
