/** Every permission there is, with what it lets a person do. A route names exactly one of them, or says why it is public. */
export const permissions = {
  'session.read': 'See and end the own session, change the own password.',
  'users.read': 'See who may sign in.',
  'users.manage': 'Add people, change their role, disable them.',
  'api-keys.manage': 'Make and revoke API keys.',
  'connections.read': 'See which providers are connected.',
  'connections.manage': 'Connect, reconnect and disconnect providers.',
  'snapshots.read': 'See the snapshot library, where it is loaded and what was chosen, and ask for a recommendation.',
  'snapshots.manage': 'Refresh the snapshot library, describe snapshots, and have choices forgotten.',
  'provisioning.plan': 'Plan a provisioning without changing anything.',
  'provisioning.start': 'Start a provisioning.',
  'jobs.read': 'See jobs, their steps and their log.',
  'jobs.control': 'Retry and cancel jobs.',
  'jobs.undo': 'Undo what a job made.',
  'workers.read': 'See the processes, what they carry, and how full the queues are.',
  'queues.control': 'Pause, drain and resume queues.',
  'dashboard.read': 'See the dashboard.',
  'settings.read': 'See the settings of the agency.',
  'settings.manage': 'Change the settings of the agency.',
  'audit.read': 'Read, verify and export the audit trail.',
} as const satisfies Record<string, string>;

export type Permission = keyof typeof permissions;
