import { BreakpointObserver } from '@angular/cdk/layout';
import { Component, computed, DOCUMENT, inject, signal } from '@angular/core';
import { takeUntilDestroyed, toSignal } from '@angular/core/rxjs-interop';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { MatListModule } from '@angular/material/list';
import { MatMenuModule } from '@angular/material/menu';
import { MatSidenavModule } from '@angular/material/sidenav';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { filter, map } from 'rxjs';
import { LiveSocket } from '../live/live-socket';
import { Session } from '../session/session';
import { Logo } from './logo';
import { DESTINATIONS } from './navigation';
import { OfflineBanner } from './offline-banner';
import { ProviderBanner } from './provider-banner';
import { Shortcuts } from './shortcuts';
import { Theme, type ThemeChoice } from './theme';
import { VERSION } from './version';

@Component({
  selector: 'app-shell',
  imports: [
    Logo,
    MatButton,
    MatIcon,
    MatIconButton,
    MatListModule,
    MatMenuModule,
    MatSidenavModule,
    OfflineBanner,
    ProviderBanner,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
  ],
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
  host: { '(document:keydown)': 'shortcuts.press($event)' },
})
export class Shell {
  private readonly document = inject(DOCUMENT);
  private readonly router = inject(Router);
  protected readonly session = inject(Session);
  protected readonly live = inject(LiveSocket);
  protected readonly theme = inject(Theme);
  protected readonly shortcuts = inject(Shortcuts);
  protected readonly destinations = DESTINATIONS;
  protected readonly version = VERSION;
  protected readonly themes: { choice: ThemeChoice; label: string; icon: string }[] = [
    { choice: 'system', label: 'As the system', icon: 'contrast' },
    { choice: 'light', label: 'Light', icon: 'light_mode' },
    { choice: 'dark', label: 'Dark', icon: 'dark_mode' },
  ];

  protected readonly narrow = toSignal(
    inject(BreakpointObserver)
      .observe('(max-width: 900px)')
      .pipe(map(({ matches }) => matches)),
    { initialValue: false },
  );
  protected readonly navOpen = signal(false);
  protected readonly themeIcon = computed(
    () => this.themes.find(({ choice }) => choice === this.theme.choice())?.icon ?? '',
  );
  protected readonly liveWords = computed(() => {
    const state = this.live.state();
    if (state === 'connected') return { icon: 'sensors', text: 'Live', tone: 'ok' };
    return state === 'lost'
      ? { icon: 'sensors_off', text: 'Offline', tone: 'bad' }
      : { icon: 'sensors', text: 'Connecting', tone: '' };
  });
  private path = '';

  constructor() {
    this.live.open();
    this.router.events
      .pipe(
        filter((event) => event instanceof NavigationEnd),
        takeUntilDestroyed(),
      )
      .subscribe((event) => this.arrive(event.urlAfterRedirects.split(/[?#]/)[0]));
  }

  protected skipToContent(event: Event): void {
    event.preventDefault();
    this.document.getElementById('content')?.focus();
  }

  protected async signOut(): Promise<void> {
    try {
      await this.session.signOut();
    } finally {
      this.live.close();
      this.session.forget();
      await this.router.navigateByUrl('/sign-in');
    }
  }

  /** A change of page is told to screen readers by moving the focus to its heading; a changed filter is not one. */
  private arrive(path: string): void {
    const first = this.path === '';
    const moved = path !== this.path;
    this.path = path;
    if (first || !moved) return;
    this.navOpen.set(false);
    setTimeout(() => this.document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true }));
  }
}
