import { Component } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { EmptyState } from '../ui/empty-state';
import { PageHeader } from '../ui/page-header';

@Component({
  selector: 'app-not-found',
  imports: [EmptyState, MatButton, PageHeader, RouterLink],
  template: `
    <div class="page">
      <app-page-header heading="Not found" />
      <app-empty-state icon="alt_route" heading="This track leads nowhere" text="The page does not exist or has moved.">
        <a matButton="filled" routerLink="/dashboard">Go to the dashboard</a>
        <a matButton routerLink="/jobs">See all jobs</a>
      </app-empty-state>
    </div>
  `,
})
export class NotFound {}
