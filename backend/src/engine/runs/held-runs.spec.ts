import { createLog } from '../../platform/logging/index.js';
import { Ids } from '../../platform/clock/clock.js';
import { asTenantId } from '../../platform/database/index.js';
import { HeldRuns } from './held-runs.js';
import { HoldLost } from './run-session.js';
import type { Claim, RunStore } from './run-store.js';

const times = {
  leaseMs: 120,
  heartbeatMs: 20,
  sweepMs: 100,
  settleMs: 1,
  recheckMs: 1,
  callDeadlineMs: 100,
  drainMs: 100,
  runSoftMs: 60_000,
  runHardMs: 60_000,
};
const claim = { tenant: asTenantId('t'), runId: 'r', fence: 1 };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('HeldRuns', () => {
  let held: HeldRuns;
  const outlived = jest.fn<Promise<void>, [Claim[]]>();
  beforeEach(() => outlived.mockReset().mockResolvedValue(undefined));
  const hold = (heartbeat: RunStore['heartbeat']) => {
    held = new HeldRuns(
      { heartbeat, outlived } as Partial<RunStore> as RunStore,
      createLog('silent'),
      new Ids(),
      times,
    );
    held.start();
    return held.hold(claim, performance.now());
  };
  afterEach(() => held.letGo());

  it('keeps a lease alive as long as the database confirms it', async () => {
    const holding = hold(async () => new Set(['r']));
    await pause(250);
    await expect(holding.proveLease()).resolves.toBeUndefined();
    expect(holding.signal.aborted).toBe(false);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('no database'))],
    ['hangs', () => new Promise<never>(() => undefined)],
  ])('stops the holder when the heartbeat %s until the lease is over, and not before', async (_how, heartbeat) => {
    const holding = hold(heartbeat);
    await pause(60);
    expect(holding.signal.aborted).toBe(false);
    await pause(120);
    expect(holding.signal.aborted).toBe(true);
    await expect(holding.proveLease()).rejects.toThrow(HoldLost);
  });

  it("stops the holder at once when the database says that the run is somebody else's", async () => {
    const holding = hold(async () => new Set());
    await pause(50);
    expect(holding.signal.aborted).toBe(true);
  });

  it('stops the former hold when the same process takes the run up again', () => {
    const former = hold(async () => new Set(['r']));
    held.hold({ ...claim, fence: 2 }, performance.now());
    expect(former.signal.aborted).toBe(true);
  });

  it('tells that it outlived a claim which ran out by itself, again until the database has heard it', async () => {
    outlived.mockRejectedValueOnce(new Error('no database'));
    hold(() => Promise.reject(new Error('no database')));
    await pause(250);
    expect(outlived.mock.calls).toEqual([[[claim]], [[claim]]]);
  });

  it('takes nothing back for a process that stood still, which the run may have caused', async () => {
    const holding = hold(async () => new Set(['r']));
    await pause(50);
    const until = performance.now() + times.leaseMs + 20;
    while (performance.now() < until);
    await pause(60);
    expect(holding.signal.aborted).toBe(true);
    expect(outlived).not.toHaveBeenCalled();
  });
});
