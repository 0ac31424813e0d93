import type { BusinessProfile, PlanProvisioning, SnapshotChoice } from '../api/models';

/** The form's shape: every field is there, empty or not, as inputs need it. */
export interface DraftModel {
  connectionId: string;
  business: Record<Exclude<keyof Required<BusinessProfile>, 'services'>, string> & { services: string[] };
  snapshot: { mode: 'recommend' | 'choose' | 'none'; id: string };
  customValues: { name: string; value: string }[];
  users: DraftUser[];
  existing: 'adopt' | 'refuse';
}

export interface DraftUser {
  firstName: string;
  lastName: string;
  email: string;
  role: 'admin' | 'user';
  type: 'account' | 'agency';
}

export function emptyDraft(): DraftModel {
  return {
    connectionId: '',
    business: {
      name: '',
      email: '',
      phone: '',
      contactFirstName: '',
      contactLastName: '',
      address: '',
      city: '',
      state: '',
      postalCode: '',
      country: '',
      website: '',
      timezone: '',
      industry: '',
      description: '',
      services: [],
      goals: '',
    },
    snapshot: { mode: 'recommend', id: '' },
    customValues: [],
    users: [],
    existing: 'refuse',
  };
}

export function emptyUser(role: 'admin' | 'user' = 'user'): DraftUser {
  return { firstName: '', lastName: '', email: '', role, type: 'account' };
}

/** What is asked of the server. Rows keep their places, so that a fault finds its field again. */
export function toPlan(draft: DraftModel): PlanProvisioning {
  const { name, email, services, ...optional } = draft.business;
  const given = Object.entries(optional).filter(([, value]) => value.trim() !== '');
  return {
    ...(draft.connectionId && { connectionId: draft.connectionId }),
    business: { name, email, ...Object.fromEntries(given), ...(services.length && { services }) },
    snapshot: choiceOf(draft),
    customValues: draft.customValues,
    users: draft.users,
    existing: draft.existing,
  };
}

function choiceOf({ snapshot }: DraftModel): SnapshotChoice {
  return snapshot.mode === 'choose' ? { id: snapshot.id } : snapshot.mode;
}
