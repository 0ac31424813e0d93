import { Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import type { Recommendation } from '../api/models';
import { FitReasons } from './fit-reasons';
import { closestOf, heldWords, sureness, type Candidate } from './fit-words';
import { ScoreBar } from './score-bar';

/** The others are in the grid of the library. */
const restAtMost = 20;

/** What Switchyard recommends and why; when it holds back, the best candidates side by side for a person to choose. */
@Component({
  selector: 'app-advice',
  imports: [FitReasons, MatButton, MatIcon, ScoreBar],
  templateUrl: './advice.html',
  styleUrl: './advice.scss',
})
export class Advice {
  readonly advice = input.required<Recommendation>();
  /** A person takes this one, or none at all. */
  readonly take = output<string>();
  readonly takeNone = output<void>();

  protected readonly held = computed(() => heldWords(this.advice()));
  protected readonly best = computed(() => this.advice().ranking.find(({ id }) => id === this.advice().choice));
  protected readonly closest = computed(() => (this.held() ? closestOf(this.advice()) : []));
  protected readonly rest = computed(() => {
    const shown = new Set([this.best()?.id, ...this.closest().map(({ id }) => id)]);
    return this.advice()
      .ranking.filter(({ id }) => !shown.has(id))
      .slice(0, restAtMost);
  });
  protected readonly sureness = sureness;

  /** Beside the best one: scores have no unit of their own. */
  protected relative({ score }: Candidate): number {
    const most = this.advice().ranking[0]?.score ?? 0;
    return most > 0 ? score / most : 0;
  }
}
