import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { Clock, Ids } from './clock/clock.js';
import { type Config, CONFIG, provideConfig } from './config/index.js';
import { DataKeys } from './crypto/data-keys.js';
import { KeyRingFile } from './crypto/key-ring-file.js';
import { KeyRing, parseKeyRing } from './crypto/key-ring.js';
import { KeyRotation } from './crypto/key-rotation.js';
import { Passwords } from './crypto/passwords.js';
import { ReEncryption } from './crypto/re-encryption.js';
import { RingKeys } from './crypto/ring-keys.js';
import { SealedColumns } from './crypto/sealed-columns.js';
import { Vault } from './crypto/vault.js';
import { dataSourceOptions, Transaction } from './database/index.js';
import { Drain } from './http/drain.js';
import { Idempotency } from './http/idempotency.js';
import { RequestCounts } from './http/request-counts.js';
import { RequestLimit, requestLimits } from './http/request-limit.js';
import { createLog } from './logging/create-log.js';
import { Log } from './logging/log.js';
import { RedisConnections, RedisHealth } from './redis/index.js';

/** Secrets at rest: sealing, and the rotation of what seals. */
const vault = [DataKeys, KeyRingFile, KeyRotation, ReEncryption, RingKeys, SealedColumns, Vault];

/** What every module stands on. Entities come from the modules themselves (`TypeOrmModule.forFeature`), unless given. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(
    config: Config,
    entities?: TypeOrmModuleOptions['entities'],
    log: Log = createLog(config.LOG_LEVEL),
    database: 'connected' | 'unconnected' = 'connected',
  ): DynamicModule {
    const { DATABASE_URL, REDIS_URL, VAULT_KEYS } = config;
    if (!DATABASE_URL) throw new Error('DATABASE_URL is not set. Only `npm start` brings a database of its own.');
    if (!VAULT_KEYS) throw new Error('VAULT_KEYS is not set. Only `npm start` makes keys of its own.');
    const options = dataSourceOptions({ url: DATABASE_URL, poolSize: config.DATABASE_POOL, entities: entities ?? [] });
    const shared = [Clock, Ids, Transaction, ...vault, Passwords, Idempotency, Drain, RedisHealth];
    return {
      module: PlatformModule,
      imports: [
        TypeOrmModule.forRoot({
          ...options,
          // Documents are made from the routes, on machines that have no database.
          manualInitialization: database === 'unconnected',
          autoLoadEntities: entities === undefined,
          retryAttempts: 3,
          retryDelay: 1_000,
        }),
        ThrottlerModule.forRoot(requestLimits(config)),
      ],
      providers: [
        ...shared,
        RequestCounts,
        { provide: APP_GUARD, useClass: RequestLimit },
        provideConfig(config),
        { provide: Log, useValue: log },
        { provide: KeyRing, useFactory: () => parseKeyRing(VAULT_KEYS) },
        { provide: RedisConnections, useFactory: () => new RedisConnections(REDIS_URL, log) },
      ],
      exports: [...shared, CONFIG, Log, KeyRing, RedisConnections],
    };
  }
}
