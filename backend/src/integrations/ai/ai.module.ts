import { Global, Module } from '@nestjs/common';
import { AiPort } from './ai.port.js';
import { OfflineRanker } from './offline-ranker.js';

@Global()
@Module({ providers: [{ provide: AiPort, useClass: OfflineRanker }], exports: [AiPort] })
export class AiModule {}
