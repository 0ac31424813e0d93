import type {
  BatchCounts,
  BatchOutput as Batch,
  BatchRow,
  JobDetail,
  JobStep,
  JobSummary,
  ProvisioningPlan,
  Recommendation,
  Snapshot,
  SnapshotFeedback,
  SnapshotLibrary,
  SnapshotQuality,
} from '../api/models';

export function aJob(change: Partial<JobSummary> = {}): JobSummary {
  return {
    id: '0193a000-0000-7000-8000-000000000001',
    saga: 'provisioning',
    title: 'Provision Bright Smile',
    state: 'running',
    direction: 'forward',
    waitingFor: null,
    continuesAt: null,
    attention: null,
    stepsDone: 2,
    stepsTotal: 6,
    createdBy: 'Ada',
    createdAt: '2026-11-20T10:00:00Z',
    updatedAt: '2026-11-20T10:01:00Z',
    finishedAt: null,
    ...change,
  };
}

export function aStep(change: Partial<JobStep> = {}): JobStep {
  return {
    ordinal: 0,
    name: 'create-location',
    title: 'Create the sub-account',
    state: 'done',
    startedAt: '2026-11-20T10:00:00Z',
    finishedAt: '2026-11-20T10:00:05Z',
    issueCount: 1,
    via: 'direct',
    externalId: null,
    progress: null,
    output: null,
    evidence: null,
    error: null,
    canUndo: true,
    ...change,
  };
}

export function aDetail(change: Partial<JobDetail> = {}): JobDetail {
  return {
    ...aJob(),
    version: 1,
    attempts: 1,
    lastSeq: 0,
    cancelRequested: false,
    steps: [aStep()],
    actions: ['undo'],
    output: null,
    ...change,
  };
}

export function aPlan(change: Partial<ProvisioningPlan> = {}): ProvisioningPlan {
  return {
    planHash: 'a'.repeat(64),
    connectionId: '0193a000-0000-7000-8000-000000000005',
    title: 'Provision Bright Smile',
    snapshot: {
      id: 's1',
      name: 'Dental Pro',
      chosenBy: 'recommendation',
      confidence: 0.87,
      reasons: ['The vertical fits'],
      runnersUp: [{ id: 's2', name: 'Med Spa', confidence: 0.31 }],
      recommended: { id: 's1', name: 'Dental Pro', confidence: 0.87 },
      note: null,
    },
    actions: [
      {
        kind: 'create',
        step: 'create-location',
        subject: 'Sub-account Bright Smile',
        changes: [{ field: 'name', from: null, to: 'Bright Smile' }],
      },
      {
        kind: 'write',
        step: 'apply-custom-values',
        subject: 'Custom value hours',
        changes: [{ field: 'value', from: '9-5', to: '8-6' }],
      },
      { kind: 'skip', step: 'apply-custom-values', subject: 'Custom value link', changes: [], note: 'Already right' },
    ],
    calls: { company: 4, location: 12, polls: 20 },
    estimateMs: 185_000,
    warnings: ['Nobody is invited'],
    manualTasks: ['Buy a phone number'],
    createdAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 900_000).toISOString(),
    ...change,
  };
}

export const aCount = (change: Partial<BatchCounts> = {}): BatchCounts => ({
  ...{ total: 0, unchecked: 0, ready: 0, warning: 0, problem: 0, excluded: 0, queued: 0, running: 0, waiting: 0 },
  ...{ paused: 0, 'needs-human': 0, done: 0, partial: 0, failed: 0, cancelled: 0, undoing: 0, undone: 0 },
  ...change,
});

export function aBatch(change: Partial<Batch> = {}): Batch {
  return {
    id: '0193a000-0000-7000-8000-00000000000b',
    title: 'Spring clients',
    state: 'ready',
    counts: aCount({ total: 3, ready: 2, problem: 1 }),
    createdBy: 'Ada',
    createdAt: '2026-11-20T10:00:00Z',
    startedAt: null,
    source: { kind: 'csv', fileName: 'spring.csv', encoding: 'utf-8', delimiter: ',', bytes: 900 },
    columns: [
      { name: 'Business name', target: 'name', mappedBy: 'header', examples: ['Bright Smile'] },
      { name: 'Mail', target: null, mappedBy: null, examples: ['office@bright.example'] },
    ],
    defaults: { corrections: 'suggest', customValues: [], existing: 'refuse', snapshot: 'recommend', users: [] },
    connectionId: null,
    missingFields: [],
    work: null,
    checkedAt: '2026-11-20T10:00:05Z',
    locationsReadAt: '2026-11-20T10:00:03Z',
    locationsSeen: 40,
    plan: {
      planHash: 'b'.repeat(64),
      create: 2,
      adopt: 0,
      problems: 1,
      excluded: 0,
      calls: { company: 12, location: 8, polls: 4 },
      estimateMs: 90_000,
      snapshots: [{ id: 's1', name: 'Dental Pro', rows: 2, recommended: 2, lowestConfidence: 0.71 }],
      madeAt: '2026-11-20T10:00:05Z',
      expiresAt: '2026-11-20T10:30:05Z',
    },
    progress: null,
    failures: [],
    actions: ['change', 'start', 'cancel'],
    updatedAt: '2026-11-20T10:00:05Z',
    ...change,
  };
}

export function aRow(change: Partial<BatchRow> = {}): BatchRow {
  return {
    n: 1,
    line: 2,
    state: 'ready',
    name: 'Bright Smile',
    email: 'office@bright.example',
    action: 'create',
    snapshot: { id: 's1', name: 'Dental Pro', chosenBy: 'recommendation', confidence: 0.71 },
    choice: null,
    candidates: [],
    issues: [],
    cells: [],
    jobId: null,
    locationId: null,
    attention: null,
    ...change,
  };
}

export function aSnapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    id: 's1',
    connectionId: '0193a000-0000-7000-8000-000000000005',
    name: 'Dental Pro',
    type: 'own',
    vertical: 'Dental',
    language: 'en',
    description: 'For dentists',
    contents: ['Recall workflow'],
    customValues: ['Booking Link'],
    annotatedAt: '2026-11-19T10:00:00Z',
    gone: false,
    loads: { done: 0, underWay: 0, failed: 0, lastFailure: null },
    ...change,
  };
}

export function aLibrary(items: Snapshot[] = [aSnapshot()], change: Partial<SnapshotLibrary> = {}): SnapshotLibrary {
  return { items, verticals: [], refreshedAt: '2026-11-20T10:00:00Z', ageSeconds: 60, ...change };
}

export function aCandidate(change: Partial<Recommendation['ranking'][number]> = {}): Recommendation['ranking'][number] {
  return {
    id: 's1',
    name: 'Dental Pro',
    score: 0.8,
    confidence: 0.87,
    facts: [{ said: 'dentist', in: 'industry', has: 'Dental', of: 'vertical', how: 'same' }],
    reasons: ['“dentist” (industry) meets its vertical (“Dental”)'],
    behind: null,
    learned: 0,
    ...change,
  };
}

export function aRecommendation(change: Partial<Recommendation> = {}): Recommendation {
  return {
    choice: 's1',
    confidence: 0.87,
    threshold: 0.6,
    held: null,
    by: 'offline',
    note: null,
    ranking: [
      aCandidate(),
      aCandidate({
        id: 's2',
        name: 'Med Spa',
        score: 0.2,
        confidence: 0.06,
        facts: [],
        behind: 'It has nothing for “dentist”.',
      }),
    ],
    ...change,
  };
}

export function aQuality(change: Partial<SnapshotQuality> = {}): SnapshotQuality {
  return {
    decided: 40,
    accepted: 36,
    overridden: 4,
    coverageAccuracy: [
      { threshold: 0, coverage: 1, accuracy: 0.9 },
      { threshold: 0.6, coverage: 0.75, accuracy: 0.96 },
      { threshold: 0.9, coverage: 0.3, accuracy: 1 },
    ],
    calibration: [
      { from: 0.5, to: 0.6, count: 10, meanConfidence: 0.55, accuracy: 0.7 },
      { from: 0.9, to: 1, count: 30, meanConfidence: 0.94, accuracy: 0.97 },
    ],
    overrides: [
      { week: '2026-11-09', decided: 30, overridden: 3 },
      { week: '2026-11-16', decided: 10, overridden: 1 },
    ],
    threshold: 0.6,
    model: null,
    since: '2026-11-09T09:00:00Z',
    ...change,
  };
}

export function aFeedback(change: Partial<SnapshotFeedback> = {}): SnapshotFeedback {
  return {
    id: '0193a000-0000-7000-8000-0000000000f1',
    at: '2026-11-20T10:00:00Z',
    by: 'Ada',
    kind: 'overridden',
    intake: { name: 'Bright Smile', industry: 'Dentist' },
    recommended: { id: 's1', name: 'Dental Pro' },
    chosen: { id: 's2', name: 'Med Spa' },
    confidence: 0.71,
    jobId: '0193a000-0000-7000-8000-000000000001',
    ...change,
  };
}
