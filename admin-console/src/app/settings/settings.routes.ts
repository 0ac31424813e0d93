import type { Routes } from '@angular/router';

export const routes: Routes = [
  {
    path: '',
    loadComponent: () => import('./settings').then((file) => file.SettingsPage),
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'general' },
      {
        path: 'general',
        title: 'Settings',
        loadComponent: () => import('./general-settings').then((file) => file.GeneralSettings),
      },
      { path: 'team', title: 'Team', loadComponent: () => import('./team').then((file) => file.Team) },
      {
        path: 'api-keys',
        title: 'API keys',
        loadComponent: () => import('./api-keys').then((file) => file.ApiKeysPanel),
      },
      {
        path: 'account',
        title: 'Your account',
        loadComponent: () => import('./account').then((file) => file.Account),
      },
    ],
  },
];
