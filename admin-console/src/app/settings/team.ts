import { httpResource } from '@angular/common/http';
import { Component, inject, signal } from '@angular/core';
import { email, form, FormField, minLength, required, submit } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { listUsers } from '../api/fn/users/list-users';
import type { ChangeUser, Role, User, Users } from '../api/models';
import { newSubmissionKey } from '../http/idempotency';
import { Session } from '../session/session';
import { Confirm } from '../ui/confirm';
import { faultOf } from '../ui/fault';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { ProblemBox } from '../ui/problem-box';
import { serverFaults } from '../ui/server-faults';
import { StatusChip } from '../ui/status-chip';
import { TimeAgo } from '../ui/time-ago';
import { Toast } from '../ui/toast';
import { ROLES } from './roles';
import { SettingsApi } from './settings.api';

@Component({
  selector: 'app-team',
  imports: [
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
  templateUrl: './team.html',
  styleUrl: './settings-panel.scss',
})
export class Team {
  private readonly api = inject(SettingsApi);
  private readonly confirm = inject(Confirm);
  private readonly toast = inject(Toast);
  protected readonly session = inject(Session);

  protected readonly resource = httpResource<Users>(() => listUsers.PATH);
  protected readonly users = kept(this.resource);
  protected readonly roles = ROLES;
  protected readonly fault = faultOf;
  protected readonly problem = signal<unknown>(undefined);
  protected readonly changeProblem = signal<unknown>(undefined);
  protected readonly form = form(signal(emptyUser()), (path) => {
    required(path.name, { message: 'must not be empty' });
    required(path.email, { message: 'must not be empty' });
    email(path.email, { message: 'must be an e-mail address' });
    required(path.password, { message: 'must not be empty' });
    minLength(path.password, 12, { message: 'must have at least 12 characters' });
  });
  private key = newSubmissionKey();

  protected async addUser(): Promise<void> {
    this.problem.set(undefined);
    const added = await submit(this.form, {
      action: async () => {
        try {
          await this.api.addUser(this.form().value(), this.key);
          return undefined;
        } catch (error) {
          this.problem.set(error);
          return serverFaults(this.form, error);
        }
      },
    });
    if (!added || this.problem()) return this.form().errorSummary()[0]?.fieldTree().focusBoundControl();
    this.toast.say(`${this.form.name().value()} can sign in now`);
    this.form().reset(emptyUser());
    this.key = newSubmissionKey();
    this.resource.reload();
  }

  protected changeRole(user: User, role: Role): Promise<void> {
    return this.change(user, { role });
  }

  protected async disable(user: User): Promise<void> {
    const answer = await this.confirm.ask({
      heading: `Disable ${user.name}?`,
      text: 'They are signed out everywhere and cannot sign in until you enable them again. Nothing they did is lost.',
      action: 'Disable',
    });
    if (answer) await this.change(user, { disabled: true });
  }

  protected enable(user: User): Promise<void> {
    return this.change(user, { disabled: false });
  }

  private async change(user: User, change: ChangeUser): Promise<void> {
    this.changeProblem.set(undefined);
    try {
      await this.api.changeUser(user.id, change);
    } catch (error) {
      this.changeProblem.set(error);
    }
    // Also after a failure: the list then shows again what is true.
    this.resource.reload();
  }
}

function emptyUser(): { name: string; email: string; role: Role; password: string } {
  return { name: '', email: '', role: 'operator', password: '' };
}
