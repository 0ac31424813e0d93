import { inject, Service } from '@angular/core';
import { Api } from '../api/api';
import { annotateSnapshot } from '../api/fn/snapshots/annotate-snapshot';
import { forgetSnapshotFeedback } from '../api/fn/snapshots/forget-snapshot-feedback';
import { recommendSnapshot } from '../api/fn/snapshots/recommend-snapshot';
import { refreshSnapshots } from '../api/fn/snapshots/refresh-snapshots';
import type { AnnotateSnapshot, Intake, Recommendation, Snapshot, SnapshotLibrary } from '../api/models';

@Service()
export class SnapshotsApi {
  private readonly api = inject(Api);

  refresh(): Promise<SnapshotLibrary> {
    return this.api.invoke(refreshSnapshots);
  }

  annotate(id: string, annotation: AnnotateSnapshot): Promise<Snapshot> {
    return this.api.invoke(annotateSnapshot, { id, body: annotation });
  }

  /** One intake is answered by one recommendation; only many are answered by a list. */
  recommend(intake: Intake): Promise<Recommendation> {
    return this.api.invoke(recommendSnapshot, { body: intake }) as Promise<Recommendation>;
  }

  /** Later recommendations no longer feel this choice. */
  forget(feedbackId: string): Promise<void> {
    return this.api.invoke(forgetSnapshotFeedback, { id: feedbackId });
  }
}
