import { Component, DOCUMENT, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import { Logo } from '../shell/logo';
import { Loading } from '../ui/loading';
import { ProblemBox } from '../ui/problem-box';
import { Session } from './session';

/** The token sits in the fragment, which browsers do not send: it never reaches a server log. */
@Component({
  selector: 'app-sign-in-link',
  imports: [Loading, Logo, MatButton, ProblemBox, RouterLink],
  template: `
    <main>
      <div class="card">
        <div class="row brand"><app-logo /><span>Switchyard</span></div>
        <h1 tabindex="-1">Sign in by link</h1>
        @if (missing) {
          <p role="alert">This link holds no sign-in token. Copy the whole link, including the part after “#”.</p>
        } @else if (problem(); as problem) {
          <app-problem-box [error]="problem" (retry)="enter()" />
          <p class="muted">A link works once and for a short time. Ask for a new one, or sign in with a password.</p>
        } @else {
          <app-loading what="Signing you in" [rows]="2" />
        }
        <a matButton="outlined" routerLink="/sign-in">Sign in with a password</a>
      </div>
    </main>
  `,
  styleUrl: './sign-in.scss',
})
export class SignInLink {
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly window = inject(DOCUMENT).defaultView;
  private readonly token = new URLSearchParams(this.window?.location.hash.slice(1)).get('token') ?? '';

  protected readonly missing = this.token === '';
  protected readonly problem = signal<unknown>(undefined);

  constructor() {
    // The token must not stay in the address bar, nor in the history, for the next person at this screen.
    this.window?.history.replaceState(this.window.history.state, '', '/sign-in/link');
    if (!this.missing) void this.enter();
  }

  protected async enter(): Promise<void> {
    this.problem.set(undefined);
    try {
      await this.session.signInByLink(this.token);
      await this.router.navigateByUrl('/dashboard', { replaceUrl: true });
    } catch (error) {
      this.problem.set(error);
    }
  }
}
