import { Tenancy1763600000001 } from './1763600000001-tenancy.js';
import { Identity1763600000002 } from './1763600000002-identity.js';
import { EngineRuns1763600000003 } from './1763600000003-engine-runs.js';
import { EngineEvents1763600000004 } from './1763600000004-engine-events.js';
import { Records1763600000005 } from './1763600000005-records.js';
import { Ghl1763600000006 } from './1763600000006-ghl.js';
import { Health1763600000007 } from './1763600000007-health.js';
import { Queues1763700000001 } from './1763700000001-queues.js';
import { Processes1763700000002 } from './1763700000002-processes.js';
import { FairClaim1763700000003 } from './1763700000003-fair-claim.js';
import { GhlBreakers1763700000011 } from './1763700000011-ghl-breakers.js';
import { SnapshotLooks1763700000012 } from './1763700000012-snapshot-looks.js';
import { Batches1763700000021 } from './1763700000021-batches.js';
import { VaultRing1763700000031 } from './1763700000031-vault-ring.js';
import { AccessTurns1763700000032 } from './1763700000032-access-turns.js';
import { SharedSaves1763700000041 } from './1763700000041-shared-saves.js';
import { GhlRateIncidents1763700000051 } from './1763700000051-ghl-rate-incidents.js';
import { LocationLooks1763700000071 } from './1763700000071-location-looks.js';
import { SnapshotOpinions1763900000001 } from './1763900000001-snapshot-opinions.js';
import { SnapshotFeedback1763900000011 } from './1763900000011-snapshot-feedback.js';
import { SnapshotLoads1763900000012 } from './1763900000012-snapshot-loads.js';
import { SnapshotLoadsByRun1763900000013 } from './1763900000013-snapshot-loads-by-run.js';
import { SnapshotFeedbackByKind1763900000014 } from './1763900000014-snapshot-feedback-by-kind.js';
import { OutlivedClaims1763900000021 } from './1763900000021-outlived-claims.js';
import { BatchRowChoices1763900000031 } from './1763900000031-batch-row-choices.js';

/** In order. Names are stored in the database: never rename one, only add. */
export const migrations = [
  Tenancy1763600000001,
  Identity1763600000002,
  EngineRuns1763600000003,
  EngineEvents1763600000004,
  Records1763600000005,
  Ghl1763600000006,
  Health1763600000007,
  Queues1763700000001,
  Processes1763700000002,
  FairClaim1763700000003,
  GhlBreakers1763700000011,
  SnapshotLooks1763700000012,
  Batches1763700000021,
  VaultRing1763700000031,
  AccessTurns1763700000032,
  SharedSaves1763700000041,
  GhlRateIncidents1763700000051,
  LocationLooks1763700000071,
  SnapshotOpinions1763900000001,
  SnapshotFeedback1763900000011,
  SnapshotLoads1763900000012,
  SnapshotLoadsByRun1763900000013,
  SnapshotFeedbackByKind1763900000014,
  OutlivedClaims1763900000021,
  BatchRowChoices1763900000031,
];
