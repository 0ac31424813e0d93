import type { Routes } from '@angular/router';
import { askBeforeLeaving } from '../ui/unsaved-changes.guard';

export const routes: Routes = [
  { path: '', title: 'Snapshots', loadComponent: () => import('./snapshots').then((file) => file.SnapshotsPage) },
  {
    path: ':id',
    title: 'Snapshot',
    canDeactivate: [askBeforeLeaving],
    loadComponent: () => import('./snapshot-detail').then((file) => file.SnapshotDetailPage),
  },
];
