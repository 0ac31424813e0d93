// First: schemas decide when they are made whether to compile themselves.
import '../ui/zod-without-eval';
import { Component, computed, effect, inject, input, output, signal, untracked } from '@angular/core';
import { form, FormField, submit, validateTree, type FieldTree } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { AnnotateSnapshot } from '../../../../backend/src/modules/snapshots/snapshots.schema';
import type { Snapshot } from '../api/models';
import { ChipsField } from '../ui/chips-field';
import { faultOf } from '../ui/fault';
import { fieldAt } from '../ui/field-path';
import { ProblemBox } from '../ui/problem-box';
import { serverFaults } from '../ui/server-faults';
import { Toast } from '../ui/toast';
import { languagesOf } from './library-filter';
import { SnapshotsApi } from './snapshots.api';

interface Notes {
  vertical: string;
  language: string;
  description: string;
  contents: string[];
  customValues: string[];
}

/** What the agency knows about its snapshot: HighLevel tells only the name. */
@Component({
  selector: 'app-annotation-form',
  imports: [ChipsField, FormField, MatButton, MatFormFieldModule, MatInput, ProblemBox],
  templateUrl: './annotation-form.html',
  styles: `
    form {
      display: flex;
      flex-direction: column;
      gap: 14px;
    }
    .short {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(220px, 100%), 1fr));
      gap: 14px;
    }
  `,
})
export class AnnotationForm {
  private readonly api = inject(SnapshotsApi);
  private readonly toast = inject(Toast);

  readonly snapshot = input.required<Snapshot>();
  /** Verticals that the library already knows: one name for one thing finds more. */
  readonly verticals = input<string[]>([]);
  readonly library = input<readonly Snapshot[]>([]);
  readonly saved = output<Snapshot>();

  private readonly model = signal<Notes>(emptyNotes());
  protected readonly form = form(this.model, (path) => {
    // The server's own rules, so that each is written once.
    validateTree(path, ({ value, fieldTree }) =>
      (AnnotateSnapshot.safeParse(toAnnotation(value())).error?.issues ?? []).map((issue) => ({
        kind: 'rule',
        message: issue.message,
        fieldTree: fieldAt(fieldTree as FieldTree<Notes> as FieldTree<unknown>, issue.path),
      })),
    );
  });
  protected readonly fault = faultOf;
  protected readonly problem = signal<unknown>(undefined);
  protected readonly languages = computed(() => languagesOf(this.library()));
  private readonly version = computed(() => `${this.snapshot().id} ${this.snapshot().annotatedAt}`);
  readonly unsaved = computed(() => JSON.stringify(this.model()) !== JSON.stringify(notesOf(this.snapshot())));

  constructor() {
    // Another snapshot, or other notes of it. The same read again leaves alone what is being typed.
    effect(() => {
      this.version();
      untracked(() => this.take(this.snapshot()));
    });
  }

  protected discard(): void {
    this.take(this.snapshot());
  }

  protected async save(): Promise<void> {
    this.problem.set(undefined);
    await submit(this.form, {
      action: async () => {
        try {
          const snapshot = await this.api.annotate(this.snapshot().id, toAnnotation(this.model()));
          this.saved.emit(snapshot);
          this.toast.say('Notes saved');
          return undefined;
        } catch (error) {
          this.problem.set(error);
          return serverFaults(this.form, error);
        }
      },
    });
    this.form().errorSummary()[0]?.fieldTree().focusBoundControl();
  }

  private take(snapshot: Snapshot): void {
    this.model.set(notesOf(snapshot));
    this.form().reset();
  }
}

const emptyNotes = (): Notes => ({ vertical: '', language: '', description: '', contents: [], customValues: [] });

const notesOf = ({ vertical, language, description, contents, customValues }: Snapshot): Notes => ({
  vertical: vertical ?? '',
  language: language ?? '',
  description: description ?? '',
  contents,
  customValues,
});

const toAnnotation = ({ vertical, language, description, ...lists }: Notes) => ({
  vertical: vertical.trim() || null,
  language: language.trim().toLowerCase() || null,
  description: description.trim() || null,
  ...lists,
});
