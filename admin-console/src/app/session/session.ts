import { HttpClient } from '@angular/common/http';
import { computed, inject, Service, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { Session as SessionView, SetPassword, SignIn } from '../api/models';
import { toProblem } from '../http/problem';

/** Who is signed in. The cookie is the proof; this is only what the console knows about it. */
@Service()
export class Session {
  private readonly http = inject(HttpClient);
  private readonly state = signal<SessionView | null>(null);
  private asked = false;

  readonly view = this.state.asReadonly();
  private readonly permissions = computed(() => new Set(this.state()?.permissions));

  /** Asks the server once; afterwards the answer is known. Throws when the server cannot say. */
  async known(): Promise<SessionView | null> {
    if (this.asked) return this.state();
    try {
      this.state.set(await firstValueFrom(this.http.get<SessionView>('/api/session')));
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
    this.enter(await firstValueFrom(this.http.post<SessionView>('/api/session', credentials)));
  }

  async signInByLink(token: string): Promise<void> {
    this.enter(await firstValueFrom(this.http.post<SessionView>('/api/session/link', { token })));
  }

  async signOut(): Promise<void> {
    await firstValueFrom(this.http.delete('/api/session'));
    this.forget();
  }

  async setPassword(change: SetPassword): Promise<void> {
    await firstValueFrom(this.http.put('/api/session/password', change));
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
