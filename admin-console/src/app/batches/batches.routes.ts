import type { Routes } from '@angular/router';

export const routes: Routes = [
  { path: '', title: 'Batches', loadComponent: () => import('./batches').then((file) => file.BatchesPage) },
  { path: 'new', title: 'New batch', loadComponent: () => import('./new-batch').then((file) => file.NewBatchPage) },
  { path: ':id', title: 'Batch', loadComponent: () => import('./batch-detail').then((file) => file.BatchDetailPage) },
];
