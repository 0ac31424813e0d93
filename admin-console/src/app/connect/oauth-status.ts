import { Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import type { GhlConnection } from '../api/models';
import { StatusChip } from '../ui/status-chip';
import { TimeAgo } from '../ui/time-ago';
import { BREAKER_PARTS, BREAKER_WORDS, CONNECTION_WORDS } from './connection-words';
import { ActorNamePipe } from '../session/actor-name.pipe';

/** One connection: does it work, what does it allow, and what to do when it does not. */
@Component({
  selector: 'app-oauth-status',
  imports: [ActorNamePipe, MatButton, MatIcon, StatusChip, TimeAgo],
  templateUrl: './oauth-status.html',
  styleUrl: './oauth-status.scss',
  host: { class: 'card stack' },
})
export class OAuthStatus {
  readonly connection = input.required<GhlConnection>();
  readonly mayManage = input(false);
  readonly busy = input(false);
  readonly reconnect = output<void>();
  readonly check = output<void>();
  readonly disconnect = output<void>();

  protected readonly parts = BREAKER_PARTS;
  protected readonly breakerWords = BREAKER_WORDS;
  protected readonly words = computed(() => CONNECTION_WORDS[this.connection().status]);
  protected readonly future = computed(() => FUTURE[String(this.connection().installToFutureLocations)]);
}

const FUTURE: Record<string, { icon: string; title: string; text: string }> = {
  true: {
    icon: 'check_circle',
    title: 'New sub-accounts get the app by themselves',
    text: 'So Switchyard can go on working in a sub-account right after it made it.',
  },
  false: {
    icon: 'warning',
    title: 'New sub-accounts do not get the app',
    text: 'Switchyard can make a sub-account but cannot load a snapshot, write values or invite people in it. Reconnect, and on HighLevel’s page allow all current and future sub-accounts.',
  },
  null: {
    icon: 'help',
    title: 'Not known whether new sub-accounts get the app',
    text: 'HighLevel has not said yet. It becomes known with the first sub-account; if it fails there, reconnect and allow future sub-accounts.',
  },
};
