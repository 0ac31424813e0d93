import { Component, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { MatProgressBar } from '@angular/material/progress-bar';
import { Router, RouterLink } from '@angular/router';
import { newSubmissionKey } from '../http/idempotency';
import { PageHeader } from '../ui/page-header';
import { ProblemBox } from '../ui/problem-box';
import { BatchesApi } from './batches.api';

/** A list goes to the server as the file it is: only there its encoding and its columns are understood. */
@Component({
  selector: 'app-new-batch',
  imports: [MatButton, MatFormFieldModule, MatIcon, MatInput, MatProgressBar, PageHeader, ProblemBox, RouterLink],
  templateUrl: './new-batch.html',
  styleUrl: './new-batch.scss',
})
export class NewBatchPage {
  private readonly api = inject(BatchesApi);
  private readonly router = inject(Router);

  protected readonly title = signal('');
  protected readonly file = signal<File | undefined>(undefined);
  protected readonly over = signal(false);
  protected readonly busy = signal(false);
  protected readonly problem = signal<unknown>(undefined);
  private key = newSubmissionKey();

  protected choose(files: FileList | null | undefined): void {
    this.over.set(false);
    const file = files?.item(0);
    if (!file) return;
    this.file.set(file);
    this.problem.set(undefined);
    this.key = newSubmissionKey();
  }

  protected drop(event: DragEvent): void {
    event.preventDefault();
    this.choose(event.dataTransfer?.files);
  }

  protected dragOver(event: DragEvent): void {
    event.preventDefault();
    this.over.set(true);
  }

  protected async upload(): Promise<void> {
    const file = this.file();
    if (!file || this.busy()) return;
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      const batch = await this.api.create(file, this.title().trim(), this.key);
      await this.router.navigate(['/batches', batch.id]);
    } catch (error) {
      this.problem.set(error);
    } finally {
      this.busy.set(false);
    }
  }

  protected sizeOf(file: File): string {
    const kB = file.size / 1_000;
    return kB < 1_000 ? `${Math.max(1, Math.round(kB))} kB` : `${(kB / 1_000).toFixed(1)} MB`;
  }
}
