import type { Routes } from '@angular/router';

export const routes: Routes = [
  {
    path: '',
    title: 'Provision',
    loadComponent: () => import('./provisioning-form').then((file) => file.ProvisioningForm),
  },
  {
    path: 'review',
    title: 'Review the plan',
    loadComponent: () => import('./plan-review').then((file) => file.PlanReview),
  },
];
