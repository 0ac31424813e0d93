import { signal } from '@angular/core';
import type { Breaker } from '../api/models';
import { openConsole, textOf } from '../testing/console-test';
import { BreakerBanner } from './breaker-banner';
import { Connections } from './connections';

const aBreaker = (part: Breaker['part'], since: string): Breaker => ({
  part,
  state: 'open',
  since,
  cause: { code: 'ghl-unavailable', detail: 'HighLevel answered 503.' },
  nextProbeAt: null,
});

describe('the banner of the circuit breaker', () => {
  const view = signal<unknown>(undefined);
  const open = () =>
    openConsole([{ path: '', component: BreakerBanner }], '/', [{ provide: Connections, useValue: { view } }]);

  it('names each part that fails once, and since when, and goes when HighLevel answers again', async () => {
    view.set({
      items: [
        { breakers: [aBreaker('locations', '2026-11-20T10:05:00Z')] },
        { breakers: [aBreaker('locations', '2026-11-20T10:00:00Z'), aBreaker('users', '2026-11-20T10:07:00Z')] },
      ],
    });
    const { page, settle } = await open();
    const banner = page.querySelector('[role=status]');
    expect(textOf(banner)).toContain('failing for sub-accounts, users since');
    expect(banner?.querySelector('time')?.getAttribute('datetime')).toBe('2026-11-20T10:00:00Z');
    view.set({ items: [{ breakers: [] }] });
    await settle();
    expect(page.querySelector('[role=status]')).toBeNull();
  });
});
