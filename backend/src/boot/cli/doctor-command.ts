import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { QueuePort } from '../../engine/queue/queue.port.js';
import { ghlApiUrl } from '../../integrations/ghl/index.js';
import { HealthService } from '../../modules/health/index.js';
import type { Config } from '../../platform/config/index.js';
import type { WithApp } from './cli-context.js';

interface Finding {
  what: string;
  fault?: string;
}

export function addDoctorCommand(program: Command, withApp: WithApp): void {
  program
    .command('doctor')
    .description('Look at everything this machine needs; exit code 1 when something is wrong')
    .action(() =>
      withApp(async (app, config) => {
        const findings = [
          ...(await partsOf(app)),
          ...(await nudges(app, config)),
          await highLevel(config),
          ...running(),
        ];
        for (const { what, fault } of findings)
          process.stdout.write(`${fault ? 'WRONG' : 'ok   '}  ${what}${fault ? `: ${fault}` : ''}\n`);
        if (findings.some(({ fault }) => fault)) process.exitCode = 1;
      }),
    );
}

async function partsOf(app: INestApplicationContext): Promise<Finding[]> {
  const { checks } = await app.get(HealthService).ready();
  return Object.entries(checks)
    .filter(([name]) => name !== 'draining')
    .map(([what, { status, detail }]) => ({ what, fault: status === 'up' ? undefined : (detail ?? 'is down') }));
}

async function nudges(app: INestApplicationContext, { REDIS_URL }: Config): Promise<Finding[]> {
  const depth = REDIS_URL && (await app.get(QueuePort).depth());
  if (!depth) return [];
  const counts = Object.entries(depth).map(([queue, count]) => `${queue} ${count}`);
  return [{ what: `nudges that wait: ${counts.join(', ')}` }];
}

/** Any answer will do: it says that the address is right and the network is open. */
async function highLevel(config: Config): Promise<Finding> {
  if (config.ghlMode === 'off') return { what: 'HighLevel is not configured here; `npm start` simulates it' };
  const url = ghlApiUrl(config);
  try {
    await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return { what: `HighLevel at ${url}` };
  } catch (error) {
    return { what: `HighLevel at ${url}`, fault: (error as Error).message };
  }
}

const running = (): Finding[] => [
  {
    what: `Node ${process.version}`,
    fault: Number(process.versions.node.split('.')[0]) < 20 ? 'is too old' : undefined,
  },
];
