import { Component, computed, input, model, output } from '@angular/core';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import type { Snapshot } from '../api/models';
import { languagesOf, verticalsOf } from './library-filter';

/** Words, vertical and language to look for among snapshots; what else a page asks stands beside them. */
@Component({
  selector: 'app-library-filters',
  imports: [MatFormFieldModule, MatIcon, MatInput, MatSelectModule],
  host: { role: 'search' },
  templateUrl: './library-filters.html',
  styleUrl: './library-filters.scss',
})
export class LibraryFilters {
  readonly items = input.required<readonly Snapshot[]>();
  readonly search = model('');
  readonly vertical = model('');
  readonly language = model('');
  /** What stands in the search box once somebody has finished typing; `search` answers to every key. */
  readonly searched = output<string>();

  protected readonly verticals = computed(() => verticalsOf(this.items()));
  protected readonly languages = computed(() => languagesOf(this.items()));
}
