import { CdkVirtualScrollViewport, ScrollingModule } from '@angular/cdk/scrolling';
import { JsonPipe } from '@angular/common';
import {
  afterNextRender,
  Component,
  computed,
  DOCUMENT,
  effect,
  inject,
  Injector,
  input,
  linkedSignal,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { MatSlideToggle } from '@angular/material/slide-toggle';
import { ActivatedRoute } from '@angular/router';
import type { LogLevel, LogLine } from '../api/models';
import { toProblem } from '../http/problem';
import { LiveSocket } from '../live/live-socket';
import { CopyButton } from '../ui/copy-button';
import { Loading } from '../ui/loading';
import { ProblemBox } from '../ui/problem-box';
import { TimeAgo } from '../ui/time-ago';
import { clockTime } from '../ui/time-words';
import { LogFeed } from './log-feed';
import { atLeast, cut, indexOfSeq, LEVELS, lineOfFragment, lineText, matchesIn } from './log-view';

export const ROW_PX = 22;

/** A job's log as it grows. Only the rows in sight exist in the page, so that 100,000 lines scroll like ten. */
@Component({
  selector: 'app-live-log-viewer',
  imports: [
    CopyButton,
    JsonPipe,
    Loading,
    MatButton,
    MatFormFieldModule,
    MatIcon,
    MatIconButton,
    MatInput,
    MatSelectModule,
    MatSlideToggle,
    ProblemBox,
    ScrollingModule,
    TimeAgo,
  ],
  providers: [LogFeed],
  templateUrl: './live-log-viewer.html',
  styleUrl: './live-log-viewer.scss',
})
export class LiveLogViewer {
  private readonly document = inject(DOCUMENT);
  private readonly injector = inject(Injector);
  private readonly live = inject(LiveSocket);
  private readonly fragment = toSignal(inject(ActivatedRoute).fragment);
  private readonly wantedLine = computed(() => lineOfFragment(this.fragment()));
  protected readonly feed = inject(LogFeed);

  readonly runId = input.required<string>();
  readonly lastSeq = input.required<number>();
  readonly ended = input(false);

  private readonly viewport = viewChild(CdkVirtualScrollViewport);
  private scrolledByUsAt = 0;

  protected readonly rowPx = ROW_PX;
  protected readonly levels = LEVELS;
  protected readonly level = signal<LogLevel>('debug');
  protected readonly words = signal('');
  protected readonly follow = linkedSignal(() => this.wantedLine() === null);
  protected readonly selected = signal<number | null>(null);

  protected readonly lines = computed(() => atLeast(this.feed.lines(), this.level()));
  protected readonly matches = computed(() => matchesIn(this.lines(), this.words()));
  /** Which match is the current one; a new search starts with the newest. */
  protected readonly match = linkedSignal({
    source: this.words,
    computation: () => untracked(this.matches).length - 1,
  });
  protected readonly shown = computed(() => this.feed.lines().find((line) => line.seq === this.selected()));
  protected readonly matchWords = computed(() => {
    if (!this.words().trim()) return '';
    const count = this.matches().length;
    const where = this.feed.first() > 1 ? ' in the loaded lines' : '';
    return count ? `${Math.min(this.match() + 1, count)} of ${count} matches${where}` : `No match${where}`;
  });

  /** While the whole server is out of reach the shell says so; the log then only has to go on when it is back. */
  protected readonly problem = computed(() => {
    const problem = this.feed.problem();
    const silent = !this.live.connected() && toProblem(problem).code === 'unreachable';
    return silent && this.feed.started() ? undefined : problem;
  });
  protected readonly clock = clockTime;
  protected readonly lineText = lineText;
  protected readonly bySeq = (_index: number, line: LogLine): number => line.seq;

  constructor() {
    effect(() => this.feed.ended.set(this.ended()));
    effect(() => {
      const runId = this.runId();
      untracked(() => void this.open(runId));
    });
    effect(() => {
      const line = this.wantedLine();
      if (line !== null && this.feed.started()) untracked(() => void this.goToLine(line));
    });
    effect(() => {
      const count = this.lines().length;
      if (this.follow() && count) this.afterRender(() => this.scrollTo(count - 1));
    });
  }

  protected parts(line: LogLine): { text: string; hit: boolean }[] {
    return cut(lineText(line), this.words());
  }

  protected search(words: string): void {
    this.words.set(words);
    if (this.matches().length) this.goToMatch(this.matches().length - 1);
  }

  protected stepMatch(by: number): void {
    const count = this.matches().length;
    if (count) this.goToMatch((this.match() + by + count) % count);
  }

  protected toggleFollow(on: boolean): void {
    this.follow.set(on);
  }

  /** Someone who scrolls up wants to read, not to be carried away by the next line. */
  protected noticeScroll(): void {
    const viewport = this.viewport();
    if (!viewport || performance.now() - this.scrolledByUsAt < 300) return;
    if (viewport.measureScrollOffset('bottom') > ROW_PX * 2) this.follow.set(false);
    if (viewport.measureScrollOffset('top') < ROW_PX * 4 && this.feed.first() > 1) void this.loadEarlier();
  }

  protected async loadEarlier(): Promise<void> {
    const offset = this.viewport()?.measureScrollOffset('top') ?? 0;
    const before = this.lines().length;
    await this.feed.loadEarlier();
    const grown = this.lines().length - before;
    // The line under the eye stays where it is.
    if (grown && !this.follow()) this.afterRender(() => this.scrollToOffset(offset + grown * ROW_PX));
  }

  protected async loadAll(): Promise<void> {
    while (this.feed.first() > 1 && !this.feed.problem()) await this.loadEarlier();
  }

  protected select(seq: number | null): void {
    this.selected.set(seq);
  }

  /** One listener for all rows: they come and go while the log scrolls. */
  protected selectPointed(event: Event): void {
    const row = event.target instanceof Element ? event.target.closest('[role=option]') : null;
    if (row) this.select(lineOfFragment(row.id));
  }

  protected moveSelection(event: KeyboardEvent): void {
    const lines = this.lines();
    const at = this.selected() === null ? lines.length : indexOfSeq(lines, this.selected() ?? 0);
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + 20,
      PageUp: at - 20,
      Home: 0,
      End: lines.length - 1,
    };
    if (event.key === 'Escape') return this.select(null);
    if (!(event.key in moves) || !lines.length) return;
    event.preventDefault();
    this.follow.set(false);
    this.reveal(Math.max(0, Math.min(lines.length - 1, moves[event.key])));
  }

  protected linkTo(seq: number): string {
    const { origin, pathname } = this.document.location;
    return `${origin}${pathname}#line-${seq}`;
  }

  private async open(runId: string): Promise<void> {
    await this.feed.start(runId, untracked(this.lastSeq), this.wantedLine() ?? Infinity);
  }

  private async goToLine(seq: number): Promise<void> {
    this.level.set('debug');
    while (this.feed.first() > seq && !this.feed.problem()) {
      if (!(await this.feed.loadEarlier())) break;
    }
    if (this.lines().length) this.reveal(indexOfSeq(this.lines(), seq));
  }

  private goToMatch(position: number): void {
    this.match.set(position);
    this.follow.set(false);
    this.reveal(this.matches()[position]);
  }

  private reveal(index: number): void {
    this.select(this.lines()[index]?.seq ?? null);
    this.afterRender(() => {
      const viewport = this.viewport();
      if (!viewport) return;
      const { start, end } = this.inSight(viewport);
      if (index >= start && index < end) return;
      this.scrollTo(Math.max(0, index - Math.floor((end - start) / 2)));
    });
  }

  private inSight(viewport: CdkVirtualScrollViewport): { start: number; end: number } {
    const start = Math.ceil(viewport.measureScrollOffset('top') / ROW_PX);
    return { start, end: start + Math.max(1, Math.floor(viewport.getViewportSize() / ROW_PX)) };
  }

  private scrollTo(index: number): void {
    this.scrollToOffset(index * ROW_PX);
  }

  private scrollToOffset(offset: number): void {
    this.scrolledByUsAt = performance.now();
    this.viewport()?.checkViewportSize();
    this.viewport()?.scrollToOffset(offset);
  }

  private afterRender(act: () => void): void {
    afterNextRender({ read: () => requestAnimationFrame(act) }, { injector: this.injector });
  }
}
