import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { Global, type INestApplicationContext, Module, type ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { EngineModule } from '../../src/engine/engine.module.js';
import { RunsService } from '../../src/engine/runs/index.js';
import { WorkerProcess } from '../../src/engine/worker-process.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { AuditTrail } from '../../src/platform/database/index.js';
import { createLog } from '../../src/platform/logging/index.js';
import { PlatformModule } from '../../src/platform/platform.module.js';

/** Short enough for tests, in the same order of size as in production. */
export const SHORT_TIMES = {
  LEASE_MS: '600',
  HEARTBEAT_MS: '100',
  SWEEP_MS: '100',
  SETTLE_MS: '150',
  RECHECK_MS: '50',
  CALL_DEADLINE_MS: '300',
  DRAIN_MS: '500',
};

export interface Process {
  readonly app: INestApplicationContext;
  readonly runs: RunsService;
  readonly worker: WorkerProcess;
  readonly logged: Record<string, unknown>[];
}

/** Starts what one server process has of the engine. The worker starts when asked. */
export async function startProcess(
  databaseUrl: string,
  modules: ModuleMetadata['imports'],
  variables: Record<string, string> = {},
): Promise<Process> {
  const config = loadConfig({
    ...SHORT_TIMES,
    DATABASE_URL: databaseUrl,
    VAULT_KEYS: `test:${randomBytes(32).toString('base64')}`,
    ...variables,
  });
  const logged: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, next) {
      logged.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      next();
    },
  });
  const module = await Test.createTestingModule({
    imports: [
      PlatformModule.forRoot(config, undefined, createLog('warn', sink)),
      SilentAudit,
      EngineModule.forRoot(),
      ...(modules ?? []),
    ],
  }).compile();
  await module.init();
  return { app: module, runs: module.get(RunsService), worker: module.get(WorkerProcess), logged };
}

@Global()
@Module({
  providers: [{ provide: AuditTrail, useValue: { record: async () => undefined, recordAlone: async () => undefined } }],
  exports: [AuditTrail],
})
class SilentAudit {}
