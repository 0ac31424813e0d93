import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeWorld } from './afterwards.js';
import { judge } from './checker.js';
import type { Fault } from './fault.js';
import { SeededRandom } from './seeded-random.js';
import { Try } from './try.js';
import { type Mode, World, type WorldOptions } from './world.js';

export interface Result {
  fault: string;
  mode: Mode;
  seed: number;
  survived: boolean;
  recoveryMs?: number;
  seconds: number;
  findings: string[];
  /** Where the history of a violation is kept. */
  kept?: string;
}

export interface Plan {
  seeds: readonly number[];
  isQuick: boolean;
}

/**
 * After the faults stopped, everything has ended within this time, or never will. It has room for the breakers, which gentle
 * tries beside each other trip for all of them.
 */
const boundMs = 120_000;
const besideEachOther = 3;

/** All tries of one mode: worlds one after the other, gentle faults side by side, the others alone. */
export async function runMode(
  mode: Mode,
  faults: readonly Fault[],
  plan: Plan,
  report: (result: Result) => void,
): Promise<void> {
  const chosen = faults.filter(({ modes }) => modes.includes(mode));
  const worlds = Map.groupBy(chosen, ({ world }) => JSON.stringify(world ?? {}));
  for (const [options, inside] of worlds)
    await inWorld(mode, JSON.parse(options) as WorldOptions, inside, plan, report);
}

async function inWorld(
  mode: Mode,
  options: WorldOptions,
  faults: readonly Fault[],
  { seeds, isQuick }: Plan,
  report: (result: Result) => void,
): Promise<void> {
  const world = await beginAlone(() => World.start(mode, options));
  living.add(world);
  try {
    const tries = (gentle: boolean) =>
      faults
        .filter((fault) => Boolean(fault.gentle) === gentle)
        .flatMap((fault) => seeds.map((seed) => ({ fault, seed })));
    const run = async ({ fault, seed }: { fault: Fault; seed: number }) =>
      report(
        await goOnce(world, fault, seed, isQuick).catch((error: unknown) => ({
          ...{ fault: fault.id, mode, seed, survived: false, seconds: 0 },
          findings: [`not judged: ${told(error)}`],
        })),
      );
    await sideBySide(tries(true), run);
    for (const each of tries(false)) await run(each);
    const findings = await judgeWorld(world);
    if (findings.length > 0)
      report({
        fault: 'world',
        mode,
        seed: seeds[0],
        survived: false,
        seconds: 0,
        findings,
        kept: keep(world, 'world'),
      });
  } finally {
    living.delete(world);
    await world.stop();
  }
}

const living = new Set<World>();

/** A world that begins needs the whole machine for some seconds; others begin after it. */
let beginning: Promise<unknown> = Promise.resolve();
function beginAlone(begin: () => Promise<World>): Promise<World> {
  const begun = beginning.then(begin);
  beginning = begun.catch(() => undefined);
  return begun;
}

/** For whoever interrupts the suite, or when it breaks: nothing of it is left. */
export const stopAllWorlds = () => Promise.all([...living].map((world) => world.stop()));

async function sideBySide<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: besideEachOther }, lane));
}

async function goOnce(world: World, fault: Fault, seed: number, isQuick: boolean): Promise<Result> {
  const begun = performance.now();
  const name = `${fault.id}-${world.mode.slice(0, 1)}-${seed}`.toLowerCase();
  const on = new Try(
    world,
    new SeededRandom(`${fault.id}:${world.mode}:${seed}`),
    name,
    await world.simulator.lastSerial(),
    isQuick,
  );
  const findings = await attempt(on, fault);
  const survived = findings.length === 0;
  return {
    ...{ fault: fault.id, mode: world.mode, seed, survived, recoveryMs: on.recoveryMs, findings },
    seconds: Math.round((performance.now() - begun) / 100) / 10,
    ...(!survived && {
      kept: keep(world, name, { fault, seed, findings, on, journal: await world.simulator.journal(on.sinceSerial) }),
    }),
  };
}

/** A fault that cannot be played to its end is a finding as well, and what it has left is judged all the same. */
async function attempt(on: Try, fault: Fault): Promise<string[]> {
  const findings: string[] = [];
  const trying = async (act: () => Promise<string[] | void>) => {
    try {
      findings.push(...((await act()) ?? []));
    } catch (error) {
      findings.push(`not played: ${told(error)}`);
    }
  };
  await trying(() => fault.run(on));
  await trying(() => on.world.whole());
  await trying(() => on.settle(boundMs));
  await trying(() => judge(on));
  return findings;
}

const told = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** The driver's log, HighLevel's journal and the logs of the processes, for whoever looks for the cause. */
function keep(
  { processes }: World,
  name: string,
  told?: { fault: Fault; seed: number; findings: string[]; on: Try; journal: unknown },
): string {
  const directory = mkdtempSync(join(tmpdir(), `switchyard-chaos-kept-${name}-`));
  const write = (file: string, content: unknown) =>
    writeFileSync(join(directory, file), JSON.stringify(content, null, 1));
  if (told) {
    const { fault, seed, findings, on, journal } = told;
    write('try.json', { fault: fault.id, title: fault.title, seed, findings, orders: on.orders, history: on.history });
    write('highlevel.json', journal);
  }
  for (const process of processes) writeFileSync(join(directory, `${process.name}.log`), process.log());
  return directory;
}
