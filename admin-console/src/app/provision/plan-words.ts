import type { PlanAction, ProvisioningPlan } from '../api/models';

export const KINDS: Record<PlanAction['kind'], { label: string; icon: string }> = {
  create: { label: 'Create', icon: 'add_circle' },
  adopt: { label: 'Take over', icon: 'move_down' },
  load: { label: 'Load', icon: 'downloading' },
  write: { label: 'Write', icon: 'edit' },
  invite: { label: 'Invite', icon: 'person_add' },
  verify: { label: 'Check', icon: 'fact_check' },
  skip: { label: 'Leave as it is', icon: 'remove' },
  manual: { label: 'By hand', icon: 'front_hand' },
};

export interface StepActions {
  step: string;
  title: string;
  actions: PlanAction[];
}

/** Actions in the order of the plan, gathered under the step that makes them. */
export function byStep(plan: ProvisioningPlan): StepActions[] {
  const groups = new Map<string, PlanAction[]>();
  for (const action of plan.actions) groups.set(action.step, [...(groups.get(action.step) ?? []), action]);
  return [...groups].map(([step, actions]) => ({ step, title: titleOf(step), actions }));
}

const TITLES: Record<string, string> = {
  'choose-snapshot': 'Choose the snapshot',
  'create-location': 'Create the sub-account',
  'await-snapshot-load': 'Load the snapshot',
  'apply-custom-values': 'Write custom values',
  'invite-users': 'Invite people',
  'verify-location': 'Verify',
};

/** The step as people read it; a step that is newer than this list still gets words. */
function titleOf(step: string): string {
  if (step in TITLES) return TITLES[step];
  const words = step.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a stale plan's evidence says, in lines. */
export function differencesOf(evidence: Record<string, unknown> | undefined): string[] {
  const differences = evidence?.['differences'];
  return Array.isArray(differences) ? differences.map(differenceWords) : [];
}

function differenceWords(difference: unknown): string {
  if (typeof difference === 'string') return difference;
  if (typeof difference !== 'object' || difference === null) return String(difference);
  const { change, subject, detail } = difference as Record<string, unknown>;
  const what = change === 'removed' ? 'No longer planned' : 'Now planned';
  return `${what}: ${String(subject ?? 'something')} (${String(detail ?? 'no details')})`;
}
