import { canonicalJson, sha256Hex } from '../../platform/http/canonical-json.js';
import { emailKey } from './find-users.js';
import {
  type NewTeamMember,
  type PlanAction,
  type PlanProvisioning,
  type ProvisioningPlan,
  type SnapshotDecision,
  valueKey,
} from './provisioning.schema.js';
import { needsLoading } from './needs-loading.js';
import type { LiveState } from './read-live-state.js';
import { countLoadCalls } from './snapshot-look.js';
import { comparedFields, differencesOf, type FieldDifference } from './to-location.js';
import { valuesToWrite } from './values-to-write.js';

export interface PlanFacts {
  connectionId: string;
  request: PlanProvisioning;
  snapshot: SnapshotDecision;
  /** Names of custom values that the agency says this snapshot needs. */
  needs: string[];
  live: LiveState;
  installToFutureLocations: boolean | null;
  timing: { pollMs: number; typicalLoadMs: number; budgetMs: number };
  now: Date;
  ttlMs: number;
}

/** What the calls are counted from; how long the budget needs for so many is known after that. */
export type CountedFacts = Pick<PlanFacts, 'request' | 'snapshot' | 'live'> & {
  timing: Omit<PlanFacts['timing'], 'budgetMs'>;
};

/** What HighLevel's API cannot set; a person does it in HighLevel. */
const alwaysByHand = [
  'Publish the workflows: triggers arrive as drafts.',
  'Connect phone numbers, calendars and integrations: snapshots do not carry them.',
  "Set the sub-account's language and notifications.",
  'Ask invited users to set their password by e-mail.',
];

/** The whole plan, from what was asked and what is. Pure: the same facts give the same hash. */
export function makePlan(facts: PlanFacts): ProvisioningPlan {
  const { connectionId, request, snapshot, live, now, ttlMs } = facts;
  const actions = [
    ...snapshotActions(facts),
    ...locationActions(facts),
    ...loadActions(facts),
    ...valueActions(facts),
    ...userActions(facts),
    verifyAction(request),
  ];
  const calls = countCalls(facts);
  return {
    planHash: sha256Hex(canonicalJson({ connectionId, request, snapshot: snapshot.id, actions })),
    connectionId,
    title: `Provision ${request.business.name}`,
    snapshot,
    actions,
    calls,
    estimateMs: estimate(facts, calls),
    warnings: warningsOf(facts),
    manualTasks: live.adopt ? alwaysByHand.slice(1) : alwaysByHand,
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + ttlMs).toISOString(),
  };
}

function snapshotActions({ snapshot }: PlanFacts): PlanAction[] {
  if (snapshot.id === null)
    return [
      { kind: 'skip', step: 'choose-snapshot', subject: 'Snapshot', changes: [], note: 'The sub-account stays empty.' },
    ];
  return [
    {
      kind: 'verify',
      step: 'choose-snapshot',
      subject: `Snapshot ${snapshot.name}`,
      changes: [],
      note: 'Still in the library.',
    },
  ];
}

function locationActions({ request, live }: PlanFacts): PlanAction[] {
  const { business } = request;
  if (live.adopt) {
    const changes = differencesOf(business, live.adopt.location);
    return [
      {
        kind: 'adopt',
        step: 'create-location',
        subject: `Sub-account ${live.adopt.location.name} (${live.adopt.location.id})`,
        changes,
      },
    ];
  }
  const changes: FieldDifference[] = comparedFields.flatMap((field) =>
    business[field] === undefined ? [] : [{ field, from: null, to: business[field] }],
  );
  return [{ kind: 'create', step: 'create-location', subject: `Sub-account ${business.name}`, changes }];
}

function loadActions({ snapshot, live }: PlanFacts): PlanAction[] {
  const { id, name } = snapshot;
  const step = 'await-snapshot-load';
  if (id === null) return [{ kind: 'skip', step, subject: 'Snapshot', changes: [], note: 'Nothing to load.' }];
  if (live.adopt && !needsLoading(live.adopt.load))
    return [{ kind: 'skip', step, subject: `Snapshot ${name}`, changes: [], note: 'Loaded already, or being loaded.' }];
  return [
    {
      kind: 'load',
      step,
      subject: `Snapshot ${name}`,
      changes: [{ field: 'snapshot', from: null, to: id }],
      ...(live.adopt ? { note: 'What the sub-account has already is not overridden.' } : {}),
    },
  ];
}

function valueActions({ request, live }: PlanFacts): PlanAction[] {
  const step = 'apply-custom-values';
  const writes = valuesToWrite(request.customValues, live.adopt?.values ?? []);
  const right = request.customValues.length - writes.length;
  const actions: PlanAction[] = writes.map(({ name, value, was }) => ({
    kind: 'write',
    step,
    subject: `Custom value ${name}`,
    changes: [{ field: name, from: was ?? null, to: value }],
  }));
  if (right > 0)
    actions.push({
      kind: 'skip',
      step,
      subject: `${right} custom value${right > 1 ? 's' : ''}`,
      changes: [],
      note: 'Right already.',
    });
  return actions;
}

function userActions({ request, live }: PlanFacts): PlanAction[] {
  const step = 'invite-users';
  const { strangers, addable } = sortPeople(request, live);
  const inside = request.users.length - strangers.length - addable.length;
  const invite = (note: string) => (user: NewTeamMember) => ({
    kind: 'invite' as const,
    step,
    subject: `${user.firstName} ${user.lastName} <${user.email}>`,
    changes: [{ field: 'access', from: null, to: `${user.type}, ${user.role}` }],
    note,
  });
  const actions: PlanAction[] = [
    ...strangers.map(invite('A new user; HighLevel sets the first password.')),
    ...addable.map(invite('HighLevel knows this person: the sub-account is added.')),
  ];
  if (inside > 0)
    actions.push({
      kind: 'skip',
      step,
      subject: `${inside} user${inside > 1 ? 's' : ''}`,
      changes: [],
      note: 'Can enter already.',
    });
  return actions;
}

/** Of the invited: whom HighLevel does not know, and whom it knows without this sub-account. The others can enter already. */
function sortPeople({ users }: PlanProvisioning, live: LiveState) {
  const known = new Map(live.users.map((user) => [emailKey(user.email), user]));
  const mayEnter = (user: NewTeamMember) =>
    live.adopt !== undefined && known.get(emailKey(user.email))!.locationIds.includes(live.adopt.location.id);
  const strangers = users.filter(({ email }) => !known.has(emailKey(email)));
  const addable = users.filter((user) => known.has(emailKey(user.email)) && !mayEnter(user));
  return { strangers, addable };
}

const verifyAction = ({ customValues, users }: PlanProvisioning): PlanAction => ({
  kind: 'verify',
  step: 'verify-location',
  subject: 'Everything above',
  changes: [],
  note: `Reads back the profile${customValues.length > 0 ? `, ${customValues.length} custom values` : ''}${users.length > 0 ? `, ${users.length} users` : ''}.`,
});

/** Counted from the steps' own calls; make-plan.property.db.spec.ts holds both together. */
export function countCalls({ request, snapshot, live, timing }: CountedFacts): ProvisioningPlan['calls'] {
  const { customValues, users } = request;
  const { strangers, addable } = sortPeople(request, live);
  const looksForSnapshot = snapshot.id === null ? 0 : 1;
  const readsAndChanges = live.adopt
    ? 1 + (differencesOf(request.business, live.adopt.location).length > 0 ? 1 : 0)
    : 0;
  const looksNotesAndCreates = live.adopt ? 0 : 3;
  const asksForLoad = snapshot.id !== null && live.adopt && needsLoading(live.adopt.load) ? 1 : 0;
  // The token of a sub-account that is taken over was already minted for this plan.
  const mintsToken = customValues.length > 0 && !live.adopt ? 1 : 0;
  const findsUsers = users.length === 0 ? 0 : 1 + strangers.length + 2 * addable.length + (addable.length > 0 ? 1 : 0);
  const readsBack = 1 + (users.length > 0 ? 1 : 0);
  return {
    company:
      looksForSnapshot + readsAndChanges + looksNotesAndCreates + asksForLoad + mintsToken + findsUsers + readsBack,
    location: customValues.length === 0 ? 0 : 2 + valuesToWrite(customValues, live.adopt?.values ?? []).length,
    polls: countLoadCalls(snapshot.id === null ? 0 : 1, timing.typicalLoadMs, 0, timing.pollMs),
  };
}

/** HighLevel takes about a third of a second for a call, when the budget has room for it; loading takes minutes. */
const typicalCallMs = 300;

function estimate({ snapshot, timing }: PlanFacts, { company, location }: ProvisioningPlan['calls']): number {
  const oneByOne = (company + location) * typicalCallMs;
  return Math.max(oneByOne, timing.budgetMs) + (snapshot.id === null ? 0 : timing.typicalLoadMs);
}

function warningsOf({ request, snapshot, needs, live, installToFutureLocations }: PlanFacts): string[] {
  const warnings: string[] = [];
  const given = new Set(request.customValues.map(({ name }) => valueKey(name)));
  const missing = needs.filter((name) => !given.has(valueKey(name)));
  if (missing.length > 0) warnings.push(`The snapshot needs custom values that are not given: ${missing.join(', ')}.`);
  if (installToFutureLocations === false && (request.customValues.length > 0 || live.adopt)) {
    warnings.push(
      'New sub-accounts will not get the app by themselves: writing custom values will fail until the app is installed there.',
    );
  }
  if (snapshot.chosenBy === 'recommendation' && snapshot.confidence !== null && snapshot.confidence < 0.7) {
    warnings.push(`The snapshot was recommended with a confidence of only ${Math.round(snapshot.confidence * 100)} %.`);
  }
  if (live.earlier?.state === 'done')
    warnings.push(`A job of ours has provisioned this business before: ${live.earlier.title}.`);
  if (request.users.some(({ type }) => type === 'agency')) warnings.push('A user of type agency sees all clients.');
  return warnings;
}

/** What changed between the plan that was approved and the one that fits now. */
export function planDifferences(
  approved: PlanAction[],
  now: PlanAction[],
): { change: 'added' | 'removed'; subject: string; detail: string }[] {
  const lines = (actions: PlanAction[]) => new Map(actions.map((action) => [canonicalJson(action), action]));
  const [before, after] = [lines(approved), lines(now)];
  const describe = ({ kind, changes, note }: PlanAction) =>
    [kind, ...changes.map(({ field, from, to }) => `${field}: ${from ?? 'nothing'} → ${to ?? 'nothing'}`), note]
      .filter(Boolean)
      .join('; ');
  return [
    ...[...before]
      .filter(([key]) => !after.has(key))
      .map(([, action]) => ({ change: 'removed' as const, subject: action.subject, detail: describe(action) })),
    ...[...after]
      .filter(([key]) => !before.has(key))
      .map(([, action]) => ({ change: 'added' as const, subject: action.subject, detail: describe(action) })),
  ];
}
