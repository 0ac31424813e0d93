import { Component, computed, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';

/** The first three things to do in a new agency. */
@Component({
  selector: 'app-quick-start',
  imports: [MatButton, MatIcon, RouterLink],
  template: `
    <h2>Quick start</h2>
    <ol>
      @for (step of steps(); track step.path) {
        <li>
          <mat-icon>{{ step.done ? 'check_circle' : 'radio_button_unchecked' }}</mat-icon>
          <div>
            <strong>{{ step.title }}</strong>
            <p class="muted">{{ step.text }}</p>
            <a [matButton]="step.next ? 'filled' : 'outlined'" [routerLink]="step.path"
              >{{ step.action }}<span class="unseen">{{ step.done ? ' (done)' : '' }}</span></a
            >
          </div>
        </li>
      }
    </ol>
  `,
  host: { class: 'card' },
  styles: `
    ol {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
      gap: 16px;
      margin: 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: flex;
      gap: 10px;
    }
    mat-icon {
      color: var(--mat-sys-primary);
    }
    a {
      margin-top: 8px;
    }
  `,
})
export class QuickStart {
  readonly connected = input.required<boolean>();
  protected readonly steps = computed(() => [
    {
      path: '/connect',
      title: '1. Connect HighLevel',
      text: 'Allow Switchyard to act for your agency.',
      action: this.connected() ? 'See the connection' : 'Connect',
      done: this.connected(),
      next: !this.connected(),
    },
    {
      path: '/snapshots',
      title: '2. Look through the library',
      text: 'Note what each snapshot is for; recommendations get better.',
      action: 'Open snapshots',
      done: false,
      next: false,
    },
    {
      path: '/provision',
      title: '3. Provision a sub-account',
      text: 'Plan it, read the plan, approve it, and watch.',
      action: 'Provision',
      done: false,
      next: this.connected(),
    },
  ]);
}
