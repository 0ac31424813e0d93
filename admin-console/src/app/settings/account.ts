import { Component, computed, inject, signal } from '@angular/core';
import { form, FormField, minLength, required, submit } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Session } from '../session/session';
import { faultOf } from '../ui/fault';
import { ProblemBox } from '../ui/problem-box';
import { serverFaults } from '../ui/server-faults';
import { Toast } from '../ui/toast';

@Component({
  selector: 'app-account',
  imports: [FormField, MatButton, MatFormFieldModule, MatInput, ProblemBox],
  templateUrl: './account.html',
  styleUrl: './settings-panel.scss',
})
export class Account {
  private readonly toast = inject(Toast);
  protected readonly session = inject(Session);

  protected readonly hasPassword = computed(() => this.session.view()?.user?.hasPassword ?? false);
  protected readonly fault = faultOf;
  protected readonly problem = signal<unknown>(undefined);
  protected readonly form = form(signal({ current: '', password: '' }), (path) => {
    required(path.current, { message: 'must not be empty', when: () => this.hasPassword() });
    required(path.password, { message: 'must not be empty' });
    minLength(path.password, 12, { message: 'must have at least 12 characters' });
  });

  protected async setPassword(): Promise<void> {
    this.problem.set(undefined);
    await submit(this.form, {
      action: async () => {
        const { current, password } = this.form().value();
        try {
          await this.session.setPassword({ password, ...(this.hasPassword() && { current }) });
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
    this.form().reset({ current: '', password: '' });
    this.toast.say('The password was changed');
  }
}
