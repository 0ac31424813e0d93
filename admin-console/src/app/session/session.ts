import { computed, inject, Service, signal } from '@angular/core';
import { Api } from '../api/api';
import { getSession } from '../api/fn/session/get-session';
import { setPassword } from '../api/fn/session/set-password';
import { signIn } from '../api/fn/session/sign-in';
import { signInByLink } from '../api/fn/session/sign-in-by-link';
import { signOut } from '../api/fn/session/sign-out';
import type { Session as SessionView, SetPassword, SignIn } from '../api/models';
import { toProblem } from '../http/problem';

/** Who is signed in. The cookie is the proof; this is only what the console knows about it. */
@Service()
export class Session {
  private readonly api = inject(Api);
  private readonly state = signal<SessionView | null>(null);
  private asked = false;

  readonly view = this.state.asReadonly();
  private readonly permissions = computed(() => new Set(this.state()?.permissions));

  /** Asks the server once; afterwards the answer is known. Throws when the server cannot say. */
  async known(): Promise<SessionView | null> {
    if (this.asked) return this.state();
    try {
      this.state.set(await this.api.invoke(getSession));
    } catch (error) {
      if (toProblem(error).status !== 401) throw error;
    }
    this.asked = true;
    return this.state();
  }

  /** For showing or leaving out a control. The server decides anyway. */
  can(permission: string): boolean {
    return this.permissions().has(permission);
  }

  async signIn(credentials: SignIn): Promise<void> {
    this.enter(await this.api.invoke(signIn, { body: credentials }));
  }

  async signInByLink(token: string): Promise<void> {
    this.enter(await this.api.invoke(signInByLink, { body: { token } }));
  }

  async signOut(): Promise<void> {
    await this.api.invoke(signOut);
    this.forget();
  }

  async setPassword(change: SetPassword): Promise<void> {
    await this.api.invoke(setPassword, { body: change });
    this.state.update((view) => view && { ...view, user: view.user && { ...view.user, hasPassword: true } });
  }

  renameAgency(name: string): void {
    this.state.update((view) => view && { ...view, agency: { ...view.agency, name } });
  }

  /** The server no longer knows us, or we left: nothing of this person stays in the tab. */
  forget(): void {
    this.state.set(null);
    this.asked = true;
    sessionStorage.clear();
  }

  private enter(view: SessionView): void {
    this.state.set(view);
    this.asked = true;
  }
}
