import type { Routes } from '@angular/router';
import { signedIn, signedOut } from './session/session.guard';

export const routes: Routes = [
  {
    path: 'sign-in',
    children: [
      {
        path: '',
        title: 'Sign in',
        canActivate: [signedOut],
        loadComponent: () => import('./session/sign-in').then((file) => file.SignInPage),
      },
      {
        path: 'link',
        title: 'Sign in by link',
        loadComponent: () => import('./session/sign-in-link').then((file) => file.SignInLink),
      },
    ],
  },
  {
    path: 'unavailable',
    title: 'Not reachable',
    loadComponent: () => import('./shell/unavailable').then((file) => file.Unavailable),
  },
  {
    path: '',
    canActivate: [signedIn],
    loadComponent: () => import('./shell/shell').then((file) => file.Shell),
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'dashboard' },
      {
        path: 'dashboard',
        title: 'Dashboard',
        loadComponent: () => import('./dashboard/dashboard').then((file) => file.DashboardPage),
      },
      {
        path: 'connect',
        title: 'Connect HighLevel',
        loadComponent: () => import('./connect/connect').then((file) => file.ConnectPage),
      },
      { path: 'provision', loadChildren: () => import('./provision/provision.routes').then((file) => file.routes) },
      { path: 'batches', loadChildren: () => import('./batches/batches.routes').then((file) => file.routes) },
      { path: 'jobs', loadChildren: () => import('./jobs/jobs.routes').then((file) => file.routes) },
      { path: 'snapshots', loadChildren: () => import('./snapshots/snapshots.routes').then((file) => file.routes) },
      {
        path: 'workers',
        title: 'Workers',
        loadComponent: () => import('./workers/workers').then((file) => file.WorkersPage),
      },
      { path: 'settings', loadChildren: () => import('./settings/settings.routes').then((file) => file.routes) },
      { path: 'audit', title: 'Audit', loadComponent: () => import('./audit/audit').then((file) => file.AuditPage) },
      {
        path: '**',
        title: 'Not found',
        loadComponent: () => import('./shell/not-found').then((file) => file.NotFound),
      },
    ],
  },
];
