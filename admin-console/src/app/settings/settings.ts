import { Component, computed, inject } from '@angular/core';
import { MatTabsModule } from '@angular/material/tabs';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { Session } from '../session/session';
import { PageHeader } from '../ui/page-header';

const SECTIONS = [
  { path: 'general', label: 'Agency', permission: 'settings.read' },
  { path: 'team', label: 'Team', permission: 'users.read' },
  { path: 'api-keys', label: 'API keys', permission: 'api-keys.manage' },
  { path: 'account', label: 'Your account', permission: 'session.read' },
];

@Component({
  selector: 'app-settings',
  imports: [MatTabsModule, PageHeader, RouterLink, RouterLinkActive, RouterOutlet],
  template: `
    <div class="page">
      <app-page-header heading="Settings" />
      <nav mat-tab-nav-bar [tabPanel]="panel" aria-label="Settings" mat-stretch-tabs="false">
        @for (section of sections(); track section.path) {
          <a
            mat-tab-link
            [routerLink]="section.path"
            routerLinkActive
            #active="routerLinkActive"
            [active]="active.isActive"
            >{{ section.label }}</a
          >
        }
      </nav>
      <mat-tab-nav-panel #panel><router-outlet /></mat-tab-nav-panel>
    </div>
  `,
})
export class SettingsPage {
  private readonly session = inject(Session);
  protected readonly sections = computed(() => SECTIONS.filter(({ permission }) => this.session.can(permission)));
}
