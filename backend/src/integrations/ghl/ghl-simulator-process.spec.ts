import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformFileSync } from '@swc/core';
import type { GhlSimulatorOptions } from './ghl.simulator.js';
import { aClient, clientId, connect, SimControl } from './testing/simulated-world.js';

/** The simulator needs nothing but Node, so its own files, stripped of their types, are a complete program. */
function buildSimulator(): string {
  const out = mkdtempSync(join(tmpdir(), 'ghl-simulator-'));
  mkdirSync(join(out, 'simulator'));
  writeFileSync(join(out, 'package.json'), '{"type":"module"}');
  const parts = readdirSync(join(import.meta.dirname, 'simulator'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join('simulator', file));
  for (const file of ['ghl.simulator.ts', 'ghl-simulator.main.ts', ...parts]) {
    const jsc = { parser: { syntax: 'typescript' as const }, target: 'es2023' as const };
    const { code } = transformFileSync(join(import.meta.dirname, file), { swcrc: false, jsc, module: { type: 'es6' } });
    writeFileSync(join(out, file.replace(/\.ts$/, '.js')), code);
  }
  return out;
}

describe('the simulator as a process', () => {
  let built: string;
  const children: ChildProcess[] = [];

  beforeAll(() => {
    built = buildSimulator();
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => rmSync(built, { recursive: true }));

  const start = async (options: GhlSimulatorOptions = {}) => {
    const latency = { minMs: 0, p50: 0, p99: 0 };
    const json = JSON.stringify({ clientId, clientSecret: 'test-client-secret', latency, speed: 1_000, ...options });
    const child = fork(join(built, 'ghl-simulator.main.js'), [json], { execArgv: [] });
    children.push(child);
    const [message] = (await once(child, 'message')) as [{ url: string }];
    return { child, url: message.url };
  };

  it('loses nothing that it has answered when it is killed in the middle', async () => {
    const dataFile = join(built, 'state.json');
    const first = await start({ dataFile });
    const client = aClient(first.url);
    const access = await connect(client);
    const answered: string[] = [];
    const write = async (writer: number) => {
      for (let index = 0; ; index++)
        answered.push((await client.createLocation(access, { name: `Shop ${writer}-${index}` })).id);
    };
    const writers = Promise.allSettled([write(1), write(2), write(3)]);
    while (answered.length < 20) await new Promise((resolve) => setTimeout(resolve, 1));
    first.child.kill('SIGKILL');
    await writers;

    const second = await start({ dataFile });
    const known = await new SimControl(second.url).get<{ locations: { id: string }[] }>('state');
    expect(known.locations.map(({ id }) => id)).toEqual(expect.arrayContaining(answered));
    const journal = await new SimControl(second.url).journal();
    expect(journal.flatMap(({ applied }) => applied)).toEqual(expect.arrayContaining(answered));
  });

  it('ends with its parent, after the call in flight', async () => {
    const { child, url } = await start({ latency: { minMs: 200, p50: 0, p99: 0 } });
    const client = aClient(url);
    const access = await connect(client);
    const listed = client.listSnapshots(access);
    await new Promise((resolve) => setTimeout(resolve, 50));
    child.disconnect();
    expect((await listed).length).toBeGreaterThan(0);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
