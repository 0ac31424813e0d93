import type { Command } from 'commander';
import { AgenciesService } from '../../modules/tenancy/index.js';
import { answer } from './answer.js';
import type { WithApp } from './cli-context.js';
import { Refused } from './refused.js';

export function addAgencyCommands(program: Command, withApp: WithApp): void {
  const agency = program.command('agency').description('Agencies: each sees only what is its own');
  agency
    .command('create <name>')
    .option('--json', 'answer as JSON')
    .action((name: string, { json }: { json?: true }) =>
      withApp(async (app) => {
        if (name.trim().length === 0 || name.length > 200) throw new Refused('A name has 1 to 200 characters.');
        const made = await app.get(AgenciesService).createAgency(name.trim());
        answer(json, { text: `${made.name} was made: ${made.id}`, data: made });
      }),
    );
  agency
    .command('list')
    .option('--json', 'answer as JSON')
    .action(({ json }: { json?: true }) =>
      withApp(async (app) => {
        const agencies = await app.get(AgenciesService).list();
        answer(json, {
          text: agencies.map(({ id, name }) => `${id}  ${name}`).join('\n') || 'There is none.',
          data: agencies,
        });
      }),
    );
}
