import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CONFIG, type Config } from '../platform/config/index.js';
import { Inbox } from './events/inbox.js';
import { Outbox } from './events/outbox.js';
import { Relay } from './events/relay.js';
import { ProcessRegistry } from './processes/process-registry.js';
import { bullQueues } from './queue/bull.driver.js';
import { InProcessDriver } from './queue/in-process.driver.js';
import { QueuePort } from './queue/queue.port.js';
import { ENGINE_TIMES, engineTimesFrom } from './runs/engine-times.js';
import { HeldRuns } from './runs/held-runs.js';
import { LiveRuns } from './runs/live-runs.js';
import { RunEntity } from './runs/run.entity.js';
import { RunExecutor } from './runs/run-executor.js';
import { RunStepEntity } from './runs/run-step.entity.js';
import { RunStore } from './runs/run-store.js';
import { RunSweeper } from './runs/run-sweeper.js';
import { RunWorker } from './runs/run-worker.js';
import { RunsController } from './runs/runs.controller.js';
import { RunDecisions } from './runs/run-decisions.js';
import { RunGroups } from './runs/run-groups.js';
import { RunMoves } from './runs/run-moves.js';
import { RunViews } from './runs/run-views.js';
import { RunsService } from './runs/runs.service.js';
import { SharedMoves } from './runs/shared-moves.js';
import { SagaRegistry } from './runs/saga-registry.js';
import { Schedules } from './schedules/schedules.js';
import { WorkerProcess } from './worker-process.js';

/**
 * How work survives. Owns runs, their steps and log, the queue, the outbox, the inbox and the schedules; knows nothing of
 * what a run is about. In: sagas from modules. Out: their effects, and what happened.
 */
@Global()
@Module({})
export class EngineModule {
  /** With Redis nudges go to every process; without it this process is the only one. */
  static forRoot({ REDIS_URL }: Pick<Config, 'REDIS_URL'> = { REDIS_URL: undefined }): DynamicModule {
    const queue = REDIS_URL ? bullQueues() : inProcessQueue;
    const services = [
      SagaRegistry,
      RunStore,
      RunsService,
      RunViews,
      RunDecisions,
      RunMoves,
      RunGroups,
      RunExecutor,
      HeldRuns,
      RunWorker,
      RunSweeper,
      LiveRuns,
      SharedMoves,
      Outbox,
      Relay,
      Inbox,
      Schedules,
      WorkerProcess,
      ProcessRegistry,
    ];
    return {
      module: EngineModule,
      imports: [queue, ScheduleModule.forRoot(), TypeOrmModule.forFeature([RunEntity, RunStepEntity])],
      controllers: [RunsController],
      providers: [
        ...services,
        { provide: ENGINE_TIMES, useFactory: (config: Config) => engineTimesFrom(config), inject: [CONFIG] },
      ],
      exports: [...services, queue, ENGINE_TIMES],
    };
  }
}

class InProcessQueue {}
const inProcessQueue: DynamicModule = {
  module: InProcessQueue,
  providers: [{ provide: QueuePort, useClass: InProcessDriver }],
  exports: [QueuePort],
};
