import { httpResource } from '@angular/common/http';
import { Component, effect, inject, signal, untracked } from '@angular/core';
import { disabled, form, FormField, max, min, required, submit, validate } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { getSettings } from '../api/fn/settings/get-settings';
import type { AgencySettings, Settings } from '../api/models';
import { toProblem } from '../http/problem';
import { Session } from '../session/session';
import { faultOf } from '../ui/fault';
import { Loading } from '../ui/loading';
import { ProblemBox } from '../ui/problem-box';
import { serverFaults } from '../ui/server-faults';
import { TimeAgo } from '../ui/time-ago';
import { Toast } from '../ui/toast';
import { isTimeZone } from './time-zone';
import { SettingsApi } from './settings.api';
import { ActorNamePipe } from '../session/actor-name.pipe';

/** Percent in the form, a share in the API: people think of 70, not of 0.7. */
interface SettingsModel extends Omit<AgencySettings, 'recommendationThreshold'> {
  percent: number;
}

@Component({
  selector: 'app-general-settings',
  imports: [
    ActorNamePipe,
    FormField,
    Loading,
    MatButton,
    MatFormFieldModule,
    MatInput,
    MatSelectModule,
    ProblemBox,
    TimeAgo,
  ],
  templateUrl: './general-settings.html',
  styleUrl: './settings-panel.scss',
})
export class GeneralSettings {
  private readonly api = inject(SettingsApi);
  private readonly session = inject(Session);
  private readonly toast = inject(Toast);

  protected readonly resource = httpResource<Settings>(() => getSettings.PATH);
  private readonly model = signal<SettingsModel>({
    ...{ agencyName: '', percent: 0, modelBudgetPerDay: 0, timezone: '' },
    defaultUserRole: 'user',
  });
  protected readonly form = form(this.model, (path) => {
    disabled(path, () => !this.mayManage());
    required(path.agencyName, { message: 'must not be empty' });
    min(path.percent, 0, { message: 'must be between 0 and 100' });
    max(path.percent, 100, { message: 'must be between 0 and 100' });
    min(path.modelBudgetPerDay, 0, { message: 'must be 0 or more' });
    max(path.modelBudgetPerDay, 1_000_000, { message: 'must be at most a million' });
    validate(path.timezone, ({ value }) =>
      isTimeZone(value()) ? undefined : { kind: 'zone', message: 'must be a time zone such as America/Chicago' },
    );
  });
  protected readonly problem = signal<unknown>(undefined);
  /** Someone else saved in the meantime: what they saved, to choose between. */
  protected readonly conflict = signal<Settings | undefined>(undefined);
  protected readonly fault = faultOf;
  protected readonly zones = Intl.supportedValuesOf('timeZone');
  private version = '';

  constructor() {
    effect(() => {
      if (!this.resource.hasValue()) return;
      const read = this.resource.value();
      untracked(() => this.take(read));
    });
  }

  protected mayManage(): boolean {
    return this.session.can('settings.manage');
  }

  protected async save(): Promise<void> {
    this.problem.set(undefined);
    await submit(this.form, {
      action: async () => {
        const { percent, ...rest } = this.model();
        try {
          const saved = await this.api.change({
            ...rest,
            recommendationThreshold: percent / 100,
            version: this.version,
          });
          this.take(saved);
          this.session.renameAgency(saved.settings.agencyName);
          this.toast.say('Settings saved');
          return undefined;
        } catch (error) {
          await this.explainFailure(error);
          return serverFaults(this.form, error);
        }
      },
    });
    this.form().errorSummary()[0]?.fieldTree().focusBoundControl();
  }

  /** What I typed wins over what the other person saved. */
  protected keepMine(theirs: Settings): void {
    this.version = theirs.version;
    this.conflict.set(undefined);
    void this.save();
  }

  protected takeTheirs(theirs: Settings): void {
    this.take(theirs);
  }

  private async explainFailure(error: unknown): Promise<void> {
    this.problem.set(error);
    if (toProblem(error).status === 409) {
      try {
        this.conflict.set(await this.api.read());
        this.problem.set(undefined);
      } catch {
        // The conflict itself is already shown; without the other version it can only be reloaded.
      }
    }
  }

  private take(read: Settings): void {
    const { recommendationThreshold, ...rest } = read.settings;
    this.version = read.version;
    this.model.set({ ...rest, percent: Math.round(recommendationThreshold * 100) });
    this.form().reset();
    this.conflict.set(undefined);
  }
}
