import { Module } from '@nestjs/common';
import { GhlOauthModule } from '../ghl-oauth/index.js';
import { InsightController } from './insight.controller.js';
import { InsightService } from './insight.service.js';
import { RunFigures } from './run-figures.js';

/** Owns no tables. In: what the engine and the connection say. Out: the dashboard. */
@Module({ imports: [GhlOauthModule], controllers: [InsightController], providers: [InsightService, RunFigures] })
export class InsightModule {}
