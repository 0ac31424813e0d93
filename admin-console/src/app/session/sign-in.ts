import { Component, inject, input, signal } from '@angular/core';
import { form, FormField, required, submit } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Router } from '@angular/router';
import { Logo } from '../shell/logo';
import { ProblemBox } from '../ui/problem-box';
import { safeReturnUrl } from './return-url';
import { Session } from './session';

@Component({
  selector: 'app-sign-in',
  imports: [FormField, Logo, MatButton, MatFormFieldModule, MatInput, ProblemBox],
  templateUrl: './sign-in.html',
  styleUrl: './sign-in.scss',
})
export class SignInPage {
  private readonly session = inject(Session);
  private readonly router = inject(Router);

  /** From the address: where the person wanted to go, and whether a session ended. */
  readonly return = input<string>();
  readonly ended = input<string>();

  protected readonly problem = signal<unknown>(undefined);
  protected readonly credentials = form(signal({ email: '', password: '' }), (path) => {
    required(path.email, { message: 'Enter your e-mail address' });
    required(path.password, { message: 'Enter your password' });
  });

  protected async signIn(): Promise<void> {
    await submit(this.credentials, {
      action: async () => {
        this.problem.set(undefined);
        try {
          await this.session.signIn(this.credentials().value());
          await this.router.navigateByUrl(safeReturnUrl(this.return()));
        } catch (error) {
          this.problem.set(error);
          this.credentials.password().focusBoundControl();
        }
      },
      onInvalid: () => this.credentials().errorSummary()[0]?.fieldTree().focusBoundControl(),
    });
  }
}
