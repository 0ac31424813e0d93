import type { StateWords } from '../jobs/job-words';

export const CONNECTION_WORDS: Record<'active' | 'reconnect' | 'disconnected' | 'none', StateWords> = {
  active: { label: 'Connected', icon: 'check_circle', tone: 'ok' },
  reconnect: { label: 'Reconnect', icon: 'sync_problem', tone: 'bad' },
  disconnected: { label: 'Disconnected', icon: 'link_off', tone: 'idle' },
  none: { label: 'Not connected', icon: 'link_off', tone: 'idle' },
};

/** What a code in the address means that the consent page sent us back with. */
export function consentProblem(code: string): { title: string; detail: string } {
  return (
    CONSENT_PROBLEMS[code] ?? {
      title: 'HighLevel was not connected',
      detail: `The connection ended with “${code}”. Try again; if it repeats, tell support this code.`,
    }
  );
}

const CONSENT_PROBLEMS: Record<string, { title: string; detail: string }> = {
  access_denied: {
    title: 'HighLevel was not connected',
    detail: 'Access was refused on HighLevel’s page. Nothing was changed. Try again when you are ready.',
  },
};
