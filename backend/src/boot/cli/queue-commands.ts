import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { QueueLane } from '../../engine/queue/queue.schema.js';
import { QueuesService } from '../../modules/workers/index.js';
import type { QueueMode, QueueView } from '../../modules/workers/workers.schema.js';
import { answer } from './answer.js';
import { chooseAgency } from './choose-agency.js';
import type { WithApp } from './cli-context.js';
import { parseOrRefuse } from './parse-or-refuse.js';

interface Options {
  agency?: string;
  json?: true;
}

const commands: Record<string, { mode: QueueMode; does: string }> = {
  pause: { mode: 'paused', does: 'Take nothing of a queue; what is in hand goes on' },
  drain: { mode: 'draining', does: 'Go on with what was begun, and begin nothing new' },
  resume: { mode: 'running', does: 'Take jobs of a queue again' },
};

export function addQueueCommands(program: Command, withApp: WithApp): void {
  const queue = program.command('queues').description("An agency's queues: priority, default and bulk");
  queue
    .command('list')
    .description('Show how full they are, and which are held')
    .option('--agency <id or name>', 'needed when there are several')
    .option('--json', 'answer as JSON')
    .action((options: Options) => withApp((app) => list(app, options)));
  for (const [name, { mode, does }] of Object.entries(commands))
    queue
      .command(`${name} <queue>`)
      .description(does)
      .option('--agency <id or name>', 'needed when there are several')
      .option('--json', 'answer as JSON')
      .action((wanted: string, options: Options) => withApp((app) => set(app, wanted, mode, options)));
}

async function list(app: INestApplicationContext, { agency: wanted, json }: Options): Promise<void> {
  const agency = await chooseAgency(app, wanted);
  const queues = await app.get(QueuesService).ofAgency(agency.id);
  answer(json, { text: queues.map(line).join('\n'), data: queues });
}

async function set(
  app: INestApplicationContext,
  name: string,
  mode: QueueMode,
  { agency: wanted, json }: Options,
): Promise<void> {
  const queue = parseOrRefuse(QueueLane, name);
  const agency = await chooseAgency(app, wanted);
  const view = await app.get(QueuesService).set({ tenant: agency.id, actor: 'system' }, queue, mode);
  answer(json, { text: line(view), data: view });
}

const line = ({ queue, mode, due, waiting, inHand, oldestDueMs }: QueueView) =>
  `${queue.padEnd(8)}  ${mode.padEnd(8)}  ${due} due, ${waiting} waiting, ${inHand} in hand` +
  (oldestDueMs === null ? '' : `; the oldest is due for ${Math.round(oldestDueMs / 1_000)} s`);
