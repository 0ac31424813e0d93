import { BullModule, type BullModuleOptions, getQueueToken } from '@nestjs/bull';
import type { DynamicModule, OnModuleDestroy } from '@nestjs/common';
import type { Job, Queue } from 'bull';
import type { Redis } from 'ioredis';
import { Log } from '../../platform/logging/index.js';
import { RedisConnections } from '../../platform/redis/index.js';
import { type Nudge, type NudgeConsumer, type QueueLane, QueuePort } from './queue.port.js';
import { QueueLane as Lanes } from './queue.schema.js';

interface Doorbell {
  runId: string;
}
type Queues = Record<QueueLane, Queue<Doorbell>>;

/** A nudge whose every taker was full is dropped: each of them looks for itself when it has room. */
const passesAtMost = 4;
const closesWithinMs = 2_000;

/**
 * Nudges between processes, by Bull. A job says which run is due and is settled at once; which process gets the run is
 * decided by the claim. Redis may lose every job: workers look by themselves.
 */
export class BullDriver extends QueuePort implements OnModuleDestroy {
  private consumer?: NudgeConsumer;
  private stop$!: () => void;
  private readonly stopped = new Promise<void>((resolve) => (this.stop$ = resolve));

  constructor(
    private readonly queues: Queues,
    private readonly log: Log,
  ) {
    super();
    for (const queue of Object.values(queues)) {
      // An outage is told by the connection; this is for everything else.
      queue.on('error', (error) => this.log.debug('Bull reports an error', { queue: queue.name, error }));
      // Bull names its connection, does not wait for the answer, and so ends the process when Redis fails meanwhile.
      Object.assign(queue, { setWorkerName: async () => undefined });
    }
  }

  nudge({ runId, fence, lane }: Nudge): void {
    this.add(lane, runId, `${runId}:${fence}`);
  }

  /** Bull waits for Redis by itself, and begins again whenever it is back. */
  async consume(consumer: NudgeConsumer): Promise<void> {
    this.consumer = consumer;
    for (const [lane, queue] of Object.entries(this.queues) as [QueueLane, Queue<Doorbell>][])
      queue
        .process((job) => this.hear(lane, job))
        .catch((error) => this.log.debug('Bull no longer takes jobs', { queue: lane, error }));
  }

  async stop(): Promise<void> {
    const consumed = this.consumer !== undefined;
    this.consumer = undefined;
    this.stop$();
    if (!consumed) return;
    await Promise.race([
      Promise.allSettled(Object.values(this.queues).map((queue) => queue.close())),
      new Promise((resolve) => setTimeout(resolve, closesWithinMs).unref()),
    ]);
  }

  /** Bull itself would wait for jobs in hand, and one that waits for room has no end. */
  onModuleDestroy(): Promise<void> {
    return this.stop();
  }

  async depth(): Promise<Record<QueueLane, number> | undefined> {
    try {
      const counts = Lanes.options.map(async (lane) => [lane, await this.queues[lane].getWaitingCount()] as const);
      return Object.fromEntries(await Promise.all(counts)) as Record<QueueLane, number>;
    } catch {
      return undefined; // Redis is away
    }
  }

  private add(lane: QueueLane, runId: string, jobId: string): void {
    // A connection that is away refuses at once, one that is frozen after a second; the nudge is lost then.
    this.queues[lane].add({ runId }, { jobId }).catch(() => undefined);
  }

  /**
   * A nudge wakes the process that got it and no other. So one without room passes it on, and takes no further nudge
   * until it has room; and one that turned out to be full by the claim it was woken for passes it on, too.
   */
  private async hear(lane: QueueLane, { id, data: { runId } }: Job<Doorbell>): Promise<void> {
    if (!this.consumer) return;
    const [, fence, passes = '0'] = String(id).split(':');
    const passOn = () => {
      if (Number(passes) < passesAtMost) this.add(lane, runId, `${runId}:${fence}:${Number(passes) + 1}`);
    };
    const room = this.consumer.room(lane);
    if (room) {
      passOn();
      return Promise.race([room, this.stopped]);
    }
    void this.consumer.wake({ runId, fence: Number(fence), lane }).then((taken) => taken || passOn());
  }
}

/** The queues and the driver on the process' connections to Redis. */
export function bullQueues(): DynamicModule {
  const shared = new Map<string, Redis>();
  const queues = Lanes.options.map((lane) => ({
    name: lane,
    inject: [RedisConnections],
    useFactory: (connections: RedisConnections) => queueOptions(lane, connections, shared),
  }));
  return {
    module: BullQueues,
    imports: [BullModule.registerQueueAsync(...queues)],
    providers: [
      {
        provide: QueuePort,
        inject: [Log, ...Lanes.options.map((lane) => getQueueToken(lane))],
        useFactory: (log: Log, ...made: Queue<Doorbell>[]) =>
          new BullDriver(Object.fromEntries(made.map((queue) => [queue.name, queue])) as Queues, log),
      },
    ],
    exports: [QueuePort],
  };
}

class BullQueues {}

function queueOptions(lane: QueueLane, connections: RedisConnections, shared: Map<string, Redis>): BullModuleOptions {
  const open = (kind: 'client' | 'subscriber' | 'bclient') => {
    const name = kind === 'bclient' ? `bull-${kind}-${lane}` : `bull-${kind}`;
    const known = shared.get(name) ?? connections.connect(name, connectionOptions[kind]);
    shared.set(name, known);
    return known;
  };
  return {
    prefix: 'switchyard',
    createClient: open,
    // A job that is kept would swallow every later nudge of the same id.
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
    settings: {
      lockDuration: 5_000,
      lockRenewTime: 2_500,
      stalledInterval: 5_000,
      // A job fails by stalling only when its takers were killed this often, and means no more than it did before.
      maxStalledCount: 1_000,
      retryProcessDelay: 500,
      drainDelay: 2,
    },
    skipVersionCheck: true,
  } as BullModuleOptions;
}

/** What Bull cannot do without, and no more: a command that never ends is a worker that never works again. */
const connectionOptions = {
  client: {},
  subscriber: {
    enableReadyCheck: false,
    maxRetriesPerRequest: null,
    enableOfflineQueue: true,
    autoResendUnfulfilledCommands: true,
    commandTimeout: undefined,
    socketTimeout: undefined,
  },
  // Its one command waits for `drainDelay`; a connection that is silent for longer is dead, however open it looks.
  bclient: { enableReadyCheck: false, maxRetriesPerRequest: 0, commandTimeout: undefined, socketTimeout: 4_000 },
} as const;
