import { type GhlSnapshotLoadDetail, snapshotLoadState } from '../../integrations/ghl/index.js';

/** Never asked for, or ended without everything: loading again brings what is missing and overrides nothing. */
export const needsLoading = (load: GhlSnapshotLoadDetail | undefined) =>
  load === undefined || ['partial', 'failed'].includes(snapshotLoadState(load));
