import { Injectable, type OnApplicationBootstrap, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, type HealthIndicatorFunction, HealthIndicatorService } from '@nestjs/terminus';
import { DataSource } from 'typeorm';
import { RingKeys } from '../../platform/crypto/index.js';
import { Drain } from '../../platform/http/index.js';
import { Log } from '../../platform/logging/index.js';
import { RedisHealth } from '../../platform/redis/index.js';
import type { HealthReport } from './health.schema.js';
import { LoopLag } from './loop-lag.js';
import { MigrationState } from './migration-state.js';

const LAG_AT_MOST_MS = 5_000;
const ANSWER_WITHIN_MS = 1_000;
const withoutRedis =
  'is away: requests are answered and runs are carried; new work and live views may be late by a few seconds';

/** Answers the three questions of an orchestrator: is it alive, has it started, may it be sent work. */
@Injectable()
export class HealthService implements OnApplicationBootstrap {
  private started = false;

  constructor(
    private readonly terminus: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly dataSource: DataSource,
    private readonly migrations: MigrationState,
    private readonly ringKeys: RingKeys,
    private readonly lag: LoopLag,
    private readonly drain: Drain,
    private readonly redis: RedisHealth,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.started = true;
  }

  /** No other part counts: restarting us repairs nothing that is not ours. */
  live(): Promise<HealthReport> {
    return this.report([
      this.check('eventLoop', async () => (this.lag.ms < LAG_AT_MOST_MS ? undefined : 'is blocked')),
    ]);
  }

  startup(): Promise<HealthReport> {
    return this.report([this.check('start', async () => (this.started ? undefined : 'is under way'))]);
  }

  /** Redis is no reason to send work elsewhere: everything it carries is also found without it. */
  async ready(): Promise<HealthReport> {
    const [report, redis] = await Promise.all([this.needed(), this.redis.state()]);
    if (redis === 'absent') return report;
    if (redis === 'up') return { ...report, checks: { ...report.checks, redis: { status: 'up' } } };
    const checks = { ...report.checks, redis: { status: 'degraded' as const, detail: withoutRedis } };
    return { status: report.status === 'ok' ? 'degraded' : report.status, checks };
  }

  private needed(): Promise<HealthReport> {
    return this.report([
      this.check('draining', async () => (this.drain.isDraining ? 'is shutting down' : undefined)),
      this.check('postgres', () => this.ping()),
      this.check('migrations', () => this.pendingMigrations()),
      this.check('vault', () => this.missingKeys()),
    ]);
  }

  private async ping(): Promise<undefined> {
    await this.dataSource.query('SELECT 1');
  }

  private async pendingMigrations(): Promise<string | undefined> {
    const missing = await this.migrations.missing();
    return missing.length > 0 ? `${missing.length} missing; run switchyard migrate` : undefined;
  }

  private async missingKeys(): Promise<string | undefined> {
    const missing = await this.ringKeys.missing();
    const names = missing.map((id) => `"${id}"`).join(' and ');
    return missing.length > 0 ? `VAULT_KEYS lacks the key ${names}, which stored secrets need` : undefined;
  }

  /** `find` says what is wrong, or nothing. The cause of a failure goes to the log, not to whoever probes. */
  private check(name: string, find: () => Promise<string | undefined>): HealthIndicatorFunction {
    const indicator = this.indicators.check(name);
    return async () => {
      try {
        const fault = await within(ANSWER_WITHIN_MS, find());
        return fault === undefined ? indicator.up() : indicator.down({ detail: fault });
      } catch (error) {
        this.log.warn('A health check failed', { check: name, error });
        return indicator.down({ detail: 'does not answer' });
      }
    };
  }

  private async report(checks: HealthIndicatorFunction[]): Promise<HealthReport> {
    try {
      const { details } = await this.terminus.check(checks);
      return { status: 'ok', checks: details as HealthReport['checks'] };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      const { details } = error.getResponse() as { details: HealthReport['checks'] };
      return { status: 'error', checks: details };
    }
  }
}

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout;
  const tooLate = new Promise<never>(
    (_resolve, reject) => (timer = setTimeout(() => reject(new Error('It took too long.')), ms)),
  );
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}
