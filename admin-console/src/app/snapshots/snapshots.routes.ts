import type { Routes } from '@angular/router';
import { askBeforeLeaving } from '../ui/unsaved-changes.guard';

export const routes: Routes = [
  { path: '', title: 'Snapshots', loadComponent: () => import('./snapshots').then((file) => file.SnapshotsPage) },
  {
    path: 'quality',
    title: 'How well snapshots are chosen',
    loadComponent: () => import('./quality').then((file) => file.QualityPage),
  },
  {
    path: ':id',
    title: 'Snapshot',
    canDeactivate: [askBeforeLeaving],
    loadComponent: () => import('./snapshot-detail').then((file) => file.SnapshotDetailPage),
  },
];
