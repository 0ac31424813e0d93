import { fork, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, chmodSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import pg from 'pg';
import { built } from './built.mjs';
import { cpuMeter, perOperation } from './measuring.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const shared = fileURLToPath(new URL('../../../shared/bench', import.meta.url));
const patience = { REQUESTS_PER_MINUTE: '100000000', LOG_LEVEL: 'warn' };

/** What every row stands on: Postgres with fsync on as in production, Redis, and our database; and the floor, if it is here. */
export class Stage {
  #ended = [];

  static async open(floor) {
    const { Cluster } = await built('backend/src/boot/cluster/cluster.js');
    const stage = new Stage();
    stage.home = mkdtempSync(join(tmpdir(), 'switchyard-bench-'));
    // Postgres runs as another account when we are root, and must be able to enter.
    chmodSync(stage.home, 0o755);
    const env = { PATH: process.env.PATH, ...patience };
    stage.cluster = await Cluster.prepare({ dataDir: stage.home, env, apis: 4, workers: 12 });
    stage.database = new pg.Pool({ connectionString: stage.cluster.postgres.adminUrl, max: 2 });
    stage.redis = new Redis(stage.cluster.redis.url);
    stage.floor = await stage.#prepareFloor(floor);
    return stage;
  }

  /** Rows of every agency. */
  async sql(text, values) {
    return (await this.database.query(text, values)).rows;
  }

  async redisBytes() {
    return Number(/used_memory:(\d+)/.exec(await this.redis.info('memory'))[1]);
  }

  /** The product in a process of its own, with the benches' sagas; see bench-process.mjs. */
  async start(kind, env = {}) {
    const port = kind === 'listening' ? await freePort() : undefined;
    const own = {
      ...this.cluster.env,
      ...(port && { PORT: String(port), PUBLIC_URL: `http://localhost:${port}` }),
      ...env,
    };
    const child = new BenchProcess(fork(join(here, 'bench-process.mjs'), [kind], { env: own }), port);
    this.#ended.push(child);
    await child.ready;
    return child;
  }

  /** An agency of its own for each measurement: nothing of an earlier one is in the way. */
  async agency() {
    const [{ id }] = await this.sql(`INSERT INTO agencies (name) VALUES ('Bench') RETURNING id`);
    return id;
  }

  /** CPU of these processes, Postgres and Redis from now until it is asked for, for each of so many operations. */
  meter(processes) {
    const node = processes.map(({ pid }) => pid);
    const measured = cpuMeter({ node, postgres: this.cluster.postgres.pid, redis: this.cluster.redis.pid });
    return (operations) => perOperation(measured(), operations);
  }

  /** What a program of the floor printed last. */
  async runFloor(program, args) {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: this.floor.folder,
      env: { ...process.env, ...this.floor.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    const code = await new Promise((end) => child.on('close', end));
    if (code !== 0) throw new Error(`${program} of the floor ended with ${code}: ${text}`);
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  async close() {
    for (const child of this.#ended) await child.end();
    this.redis.disconnect();
    await this.database.end();
    await this.cluster.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  async #prepareFloor(given) {
    const folder = given ?? copyFloor(this.home);
    if (!folder) return undefined;
    await this.sql('CREATE DATABASE bench');
    const admin = new URL(this.cluster.postgres.adminUrl);
    const pidFile = (name, pid) => {
      writeFileSync(join(this.home, name), String(pid));
      return join(this.home, name);
    };
    return {
      folder,
      env: {
        PGPORT: admin.port,
        PGPASSWORD: decodeURIComponent(admin.password),
        PG_PIDFILE: pidFile('postgres.pid', this.cluster.postgres.pid),
        REDIS_PORT: new URL(this.cluster.redis.url).port,
        REDIS_PIDFILE: pidFile('redis-of-floor.pid', this.cluster.redis.pid),
      },
    };
  }
}

/** The floor programs lie beside a checkout where they are kept at all; their packages are fetched into a copy. */
function copyFloor(home) {
  if (!existsSync(join(shared, 'package.json'))) return undefined;
  const folder = join(home, 'floor');
  cpSync(shared, folder, { recursive: true });
  const installed = spawnSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'ignore' });
  return installed.status === 0 ? folder : undefined;
}

class BenchProcess {
  #waiting = new Map();
  #asked = 0;

  constructor(child, port) {
    this.child = child;
    this.port = port;
    this.pid = child.pid;
    this.ready = new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`A process of the bench ended with ${code}.`)));
    });
    this.gone = new Promise((resolve) => child.once('exit', resolve));
    child.on('message', ({ id, result, error }) => {
      const { resolve, reject } = this.#waiting.get(id) ?? {};
      this.#waiting.delete(id);
      if (error) reject?.(new Error(error));
      else resolve?.(result);
    });
  }

  get url() {
    return `http://localhost:${this.port}`;
  }

  ask(act, ...args) {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.gone.then(() => reject(new Error('A process of the bench ended.')));
      this.child.send({ id, act, args });
    });
  }

  async end() {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      await this.ask('end').catch(() => undefined);
      this.child.kill('SIGKILL');
    }
    await this.gone;
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
