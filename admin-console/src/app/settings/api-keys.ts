import { httpResource } from '@angular/common/http';
import { Component, inject, signal } from '@angular/core';
import { form, FormField, required, submit } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { listApiKeys } from '../api/fn/api-keys/list-api-keys';
import type { ApiKey, ApiKeys, CreatedApiKey, Role } from '../api/models';
import { newSubmissionKey } from '../http/idempotency';
import { Confirm } from '../ui/confirm';
import { CopyButton } from '../ui/copy-button';
import { faultOf } from '../ui/fault';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { Now } from '../ui/now';
import { ProblemBox } from '../ui/problem-box';
import { serverFaults } from '../ui/server-faults';
import { StatusChip } from '../ui/status-chip';
import { TimeAgo } from '../ui/time-ago';
import { ROLES } from './roles';
import { SettingsApi } from './settings.api';

@Component({
  selector: 'app-api-keys',
  imports: [
    CopyButton,
    FormField,
    Loading,
    MatButton,
    MatFormFieldModule,
    MatInput,
    MatSelectModule,
    ProblemBox,
    StatusChip,
    TimeAgo,
  ],
  templateUrl: './api-keys.html',
  styleUrl: './settings-panel.scss',
})
export class ApiKeysPanel {
  private readonly api = inject(SettingsApi);
  private readonly confirm = inject(Confirm);
  private readonly now = inject(Now);

  protected readonly resource = httpResource<ApiKeys>(() => listApiKeys.PATH);
  protected readonly keys = kept(this.resource);
  protected readonly roles = ROLES;
  protected readonly lives = [30, 90, 365, 0];
  protected readonly fault = faultOf;
  protected readonly problem = signal<unknown>(undefined);
  /** Shown once: the server keeps only a hash of it. */
  protected readonly created = signal<CreatedApiKey | undefined>(undefined);
  protected readonly form = form(signal(emptyWish()), (path) => {
    required(path.name, { message: 'must not be empty' });
  });
  private submission = newSubmissionKey();

  protected async createKey(): Promise<void> {
    this.problem.set(undefined);
    await submit(this.form, {
      action: async () => {
        const { name, role, days } = this.form().value();
        try {
          const wish = { name, role, ...(days && { expiresInDays: days }) };
          this.created.set(await this.api.createKey(wish, this.submission));
          return undefined;
        } catch (error) {
          this.problem.set(error);
          return serverFaults(this.form, error);
        }
      },
    });
    if (this.problem() || this.form().invalid()) {
      return this.form().errorSummary()[0]?.fieldTree().focusBoundControl();
    }
    this.form().reset(emptyWish());
    this.submission = newSubmissionKey();
    this.resource.reload();
  }

  protected async revoke(key: ApiKey): Promise<void> {
    const answer = await this.confirm.ask({
      heading: `Revoke ${key.name}?`,
      text: 'Whatever uses this key stops working at once. A revoked key cannot be brought back.',
      action: 'Revoke',
      typed: key.name,
    });
    if (!answer) return;
    this.problem.set(undefined);
    try {
      await this.api.revokeKey(key);
    } catch (error) {
      this.problem.set(error);
    }
    this.resource.reload();
  }

  protected expired(key: ApiKey): boolean {
    return key.expiresAt !== null && Date.parse(key.expiresAt) <= this.now.ms();
  }
}

function emptyWish(): { name: string; role: Role; days: number } {
  return { name: '', role: 'operator', days: 90 };
}
