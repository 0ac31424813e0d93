import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../../backend/src/boot/free-port.js';
import { endAbandonedPostgres } from '../../backend/src/platform/database/embedded-postgres.js';
import { giveConsent } from '../support/agency.js';
import { type Answer, ask } from '../support/ask.js';

/** A file of the server as `npm run build` leaves it; specs run in the root of the project. */
export const builtFile = (name: string) => resolve('dist/server/backend/src', name);

const startsWithinMs = 60_000;

/** The built product as a process of its own, with the session of its administrator, which outlives every kill. */
export class KillableProduct {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'switchyard-chaos-'));
  private child!: ChildProcess;
  private said = '';
  private headers: Record<string, string> = {};

  private constructor(
    readonly port: number,
    private readonly env: Record<string, string>,
  ) {
    // Postgres runs as another account when we are root, and must be able to enter.
    chmodSync(this.dataDir, 0o755);
  }

  static async with(env: Record<string, string>): Promise<KillableProduct> {
    return new KillableProduct(await freePort('127.0.0.1', 0), env);
  }

  /** What it said last, for a failing test. */
  get lastWords(): string {
    return this.said;
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    const ended = this.launch();
    const tooLate = setTimeout(() => this.child.kill('SIGKILL'), startsWithinMs);
    const ready = new Promise<true>((done) =>
      this.child.stdout!.on('data', () => this.said.includes('Ctrl-C stops everything') && done(true)),
    );
    const started = await Promise.race([ready, ended]);
    clearTimeout(tooLate);
    if (started !== true) throw new Error(`It did not start:\n${this.said}`);
  }

  /** kill -9, also in the middle of a start. Its Postgres is a process of its own and is left to itself. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async killWhileStarting(afterMs: number): Promise<void> {
    void this.launch();
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await this.kill();
  }

  async remove(): Promise<void> {
    await this.end('SIGTERM');
    await endAbandonedPostgres(this.dataDir, () => undefined);
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** With the one-time link that the start has printed. */
  async signIn(): Promise<void> {
    const origin = `http://localhost:${this.port}`;
    const token = /#token=(\S+)/.exec(this.said)![1];
    const answer = await this.ask('POST', '/api/session/link', { token }, { origin });
    if (answer.status !== 201) throw new Error(`The sign-in link was answered ${answer.status}: ${answer.text}`);
    const cookies = [answer.headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';')[0]);
    this.headers = { cookie: cookies.join('; '), origin };
  }

  /** Gives the consent as a browser does. */
  async connect(): Promise<void> {
    const { consentUrl } = await this.must<{ consentUrl: string }>('POST', '/api/connections/ghl');
    const { pathname, search } = await giveConsent(consentUrl);
    const { location } = (await this.ask('GET', pathname + search)).headers;
    if (location !== '/connect?connected=1') throw new Error(`Connecting led to ${location}`);
  }

  ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const to = `http://127.0.0.1:${this.port}`;
    return ask(to, { method, path, body, headers: { ...this.headers, ...headers } });
  }

  async must<Shape>(method: string, path: string, body?: unknown): Promise<Shape> {
    const answer = await this.ask(method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return answer.json<Shape>();
  }

  /** As the product's own role; row-level security binds it. */
  get databaseUrl(): string {
    const running = readFileSync(join(this.dataDir, 'running.json'), 'utf8');
    return (JSON.parse(running) as { databaseUrl: string }).databaseUrl;
  }

  private launch(): Promise<unknown> {
    this.said = '';
    const place = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(this.port), DATA_DIR: this.dataDir };
    this.child = spawn(process.execPath, [builtFile('main.embedded.js')], {
      env: { ...place, LOG_LEVEL: 'info', ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', (chunk: Buffer) => (this.said = (this.said + chunk.toString()).slice(-20_000)));
    return once(this.child, 'exit');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }
}
