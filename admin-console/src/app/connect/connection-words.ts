import type { Breaker } from '../api/models';
import type { StateWords } from '../jobs/job-words';

export const CONNECTION_WORDS: Record<'active' | 'reconnect' | 'disconnected' | 'none', StateWords> = {
  active: { label: 'Connected', icon: 'check_circle', tone: 'ok' },
  reconnect: { label: 'Reconnect', icon: 'sync_problem', tone: 'bad' },
  disconnected: { label: 'Disconnected', icon: 'link_off', tone: 'idle' },
  none: { label: 'Not connected', icon: 'link_off', tone: 'idle' },
};

/** The parts of HighLevel that fail and recover by themselves. */
export const BREAKER_PARTS: Record<Breaker['part'], string> = {
  oauth: 'sign-in and tokens',
  companies: 'the agency',
  locations: 'sub-accounts',
  snapshots: 'snapshots',
  'custom-values': 'custom values',
  users: 'users',
};

export const BREAKER_WORDS: Record<Breaker['state'], StateWords> = {
  open: { label: 'Calls held back', icon: 'power_off', tone: 'wait' },
  'half-open': { label: 'Trying again', icon: 'sync', tone: 'run' },
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
  'consent-denied': {
    title: 'HighLevel was not connected',
    detail: 'Access was refused on HighLevel’s page. Nothing was changed. Try again when you are ready.',
  },
  'state-unknown': {
    title: 'This attempt to connect has expired',
    detail: 'It was begun too long ago, in another browser, or was used already. Begin again from here.',
  },
  'ghl-foreign-grant': {
    title: 'This HighLevel agency belongs to someone else here',
    detail: 'It is connected to another agency in Switchyard. Choose another one on HighLevel’s page.',
  },
  'ghl-unreachable': {
    title: 'HighLevel did not answer',
    detail: 'The connection could not be finished. Wait a moment, then try again.',
  },
  'code-missing': {
    title: 'HighLevel’s answer was incomplete',
    detail: 'It sent no code to finish with. Try again.',
  },
};
