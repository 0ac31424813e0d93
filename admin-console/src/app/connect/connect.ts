import { Component, computed, DOCUMENT, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import type { GhlConnection, ProviderMode } from '../api/models';
import { Session } from '../session/session';
import { Confirm } from '../ui/confirm';
import { EmptyState } from '../ui/empty-state';
import { Loading } from '../ui/loading';
import { PageHeader } from '../ui/page-header';
import { ProblemBox } from '../ui/problem-box';
import { Toast } from '../ui/toast';
import { consentProblem } from './connection-words';
import { Connections } from './connections';
import { ConnectionsApi } from './connections.api';
import { OAuthStatus } from './oauth-status';

@Component({
  selector: 'app-connect',
  imports: [EmptyState, Loading, MatButton, MatIcon, OAuthStatus, PageHeader, ProblemBox],
  templateUrl: './connect.html',
  styleUrl: './connect.scss',
})
export class ConnectPage {
  private readonly api = inject(ConnectionsApi);
  private readonly confirm = inject(Confirm);
  private readonly toast = inject(Toast);
  private readonly window = inject(DOCUMENT).defaultView;
  protected readonly connections = inject(Connections);
  protected readonly session = inject(Session);

  /** From the address, after HighLevel sent the browser back. */
  readonly connected = input<string>();
  readonly problem = input<string>();

  protected readonly modes: Record<ProviderMode, string> = {
    simulator: 'Simulator: nothing leaves this machine',
    real: 'The real service',
    off: 'Switched off',
  };
  protected readonly busy = signal(false);
  protected readonly failure = signal<unknown>(undefined);
  protected readonly refusal = computed(() => {
    const code = this.problem();
    return code ? consentProblem(code) : null;
  });
  protected readonly mayManage = computed(() => this.session.can('connections.manage'));

  constructor() {
    // The shell read the connections when it opened; they may have changed in the meantime, above all just now.
    this.connections.reload();
  }

  protected connect(): Promise<void> {
    return this.work(async () => {
      const { consentUrl } = await this.api.begin();
      this.window?.location.assign(consentUrl);
    });
  }

  protected checkConnection(connection: GhlConnection): Promise<void> {
    return this.work(async () => {
      const { status } = await this.api.check(connection.id);
      this.connections.reload();
      this.toast.say(
        status === 'active' ? 'HighLevel answers; the connection works' : 'The connection needs attention',
      );
    });
  }

  protected async disconnect(connection: GhlConnection): Promise<void> {
    const answer = await this.confirm.ask({
      heading: `Disconnect ${connection.companyName}?`,
      text: 'Switchyard forgets its access. Sub-accounts in HighLevel stay as they are.',
      consequences: ['Jobs that need HighLevel wait until it is connected again.', 'Plans can no longer be made.'],
      action: 'Disconnect',
      typed: connection.companyName,
    });
    if (!answer) return;
    await this.work(async () => {
      await this.api.disconnect(connection.id);
      this.connections.reload();
    });
  }

  private async work(act: () => Promise<void>): Promise<void> {
    this.busy.set(true);
    this.failure.set(undefined);
    try {
      await act();
    } catch (error) {
      this.failure.set(error);
    } finally {
      this.busy.set(false);
    }
  }
}
