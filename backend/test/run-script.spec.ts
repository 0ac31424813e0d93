import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { unsupportedNode } from '../../scripts/lib/node-version.mjs';

const script = resolve(import.meta.dirname, '../../scripts/run.mjs');

describe('the commands behind npm start and npm test', () => {
  it.each(['start', 'cluster', 'test', 'check', 'build', 'generate'])(
    '%s --help answers and does nothing',
    (command) => {
      const { status, stdout, stderr } = run(command, '--help');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toContain('Usage: npm');
    },
  );

  it('names every fault of the line at once', () => {
    const { status, stderr } = run('start', '--port', '99999', '--colour', '--rebuild=yes', '--data-dir');
    expect(status).toBe(2);
    expect(stderr).toContain('--port 99999 is not a port');
    expect(stderr).toContain('"start" does not know "--colour"');
    expect(stderr).toContain('--rebuild takes no value');
    expect(stderr).toContain('--data-dir needs a value');
  });

  it('refuses a cluster without processes', () => {
    const { status, stderr } = run('cluster', '--apis', '0', '--workers=many');
    expect(status).toBe(2);
    expect(stderr).toContain('0 is not a number of processes');
    expect(stderr).toContain('many is not a number of processes');
  });

  it('says so when it does not know the command, or when none is given', () => {
    expect(run('strat')).toMatchObject({ status: 2, stderr: expect.stringContaining('no command "strat"') as string });
    expect(run()).toMatchObject({ status: 2, stderr: expect.stringContaining('a command is missing') as string });
  });

  it('refuses a requirement it does not know, because it would require nothing', () => {
    const { status, stderr } = run('test', { SWITCHYARD_REQUIRE: 'chromium,reddis' });
    expect(status).toBe(2);
    expect(stderr).toContain('SWITCHYARD_REQUIRE names reddis');
  });

  it.each([
    ['18.20.4', false],
    ['20.18.3', false],
    ['20.19.0', true],
    ['24.21.0', true],
  ])('Node %s is supported: %s', (version, supported) => {
    expect(unsupportedNode(version) === undefined).toBe(supported);
  });
});

function run(...words: (string | NodeJS.ProcessEnv)[]) {
  const args = words.filter((word) => typeof word === 'string');
  const env = Object.assign(
    { ...process.env },
    ...words.filter((word) => typeof word === 'object'),
  ) as NodeJS.ProcessEnv;
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', env, timeout: 20_000 });
}
