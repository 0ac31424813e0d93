import type { Routes } from '@angular/router';

export const routes: Routes = [
  { path: '', title: 'Jobs', loadComponent: () => import('./jobs').then((file) => file.JobsPage) },
  { path: ':id', title: 'Job', loadComponent: () => import('./job-detail').then((file) => file.JobDetailPage) },
];
