import { HttpClient } from '@angular/common/http';
import { inject, Service } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { AnnotateSnapshot, Intake, Recommendation, Snapshot, SnapshotLibrary } from '../api/models';

@Service()
export class SnapshotsApi {
  private readonly http = inject(HttpClient);

  refresh(): Promise<SnapshotLibrary> {
    return firstValueFrom(this.http.post<SnapshotLibrary>('/api/snapshots/refresh', {}));
  }

  annotate(id: string, annotation: AnnotateSnapshot): Promise<Snapshot> {
    return firstValueFrom(this.http.put<Snapshot>(`/api/snapshots/${encodeURIComponent(id)}/annotation`, annotation));
  }

  recommend(intake: Intake): Promise<Recommendation> {
    return firstValueFrom(this.http.post<Recommendation>('/api/snapshots/recommend', intake));
  }
}
