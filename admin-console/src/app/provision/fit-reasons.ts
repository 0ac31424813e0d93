import { Component, computed, input } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { StatusChip } from '../ui/status-chip';
import { ALIKE, learnedWords, PART_OF, SAID_IN, type Candidate } from './fit-words';

/** Why this snapshot: words of the intake beside the words of the snapshot that they met; and why it is not first. */
@Component({
  selector: 'app-fit-reasons',
  imports: [MatIcon, StatusChip],
  template: `
    @if (candidate().facts.length) {
      <ul>
        @for (fact of candidate().facts; track $index) {
          <li>
            <mark>{{ fact.said }}</mark> <span class="muted">{{ saidIn[fact.in] }}</span>
            <mat-icon aria-hidden="true">arrow_forward</mat-icon><span class="unseen">meets</span>
            <mark>{{ fact.has }}</mark>
            <span class="muted">{{ partOf[fact.of] }}: {{ alike[fact.how] }}</span>
          </li>
        }
      </ul>
    }
    @for (reason of others(); track $index) {
      <p>{{ reason }}</p>
    }
    @if (!candidate().facts.length && !others().length && !candidate().behind) {
      <p class="muted">Nothing of the intake met anything of this snapshot.</p>
    }
    @if (candidate().behind; as behind) {
      <p><strong>Why not:</strong> {{ behind }}</p>
    }
    @if (learned(); as learned) {
      <app-status-chip tone="idle" [icon]="learned.icon" [label]="learned.label" />
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      align-items: flex-start;
      gap: 6px;
      font: var(--mat-sys-body-small);
      overflow-wrap: anywhere;
    }
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
      display: flex;
      flex-direction: column;
      gap: 4px;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 2px 5px;
    }
    mark {
      padding: 1px 5px;
      border-radius: 4px;
      background: var(--sy-run-tint);
      color: var(--sy-run);
    }
    mat-icon.material-symbols-outlined {
      font-size: 14px;
      width: 14px;
      height: 14px;
      color: var(--mat-sys-on-surface-variant);
    }
  `,
})
export class FitReasons {
  readonly candidate = input.required<Candidate>();
  protected readonly saidIn = SAID_IN;
  protected readonly partOf = PART_OF;
  protected readonly alike = ALIKE;
  /** Reasons begin with the facts as sentences; those are shown as pairs of words above. */
  protected readonly others = computed(() => this.candidate().reasons.slice(this.candidate().facts.length));
  protected readonly learned = computed(() => learnedWords(this.candidate().learned));
}
