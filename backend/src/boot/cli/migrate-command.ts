import type { Command } from 'commander';
import type { Environment } from '../../platform/config/index.js';
import { migrate, pendingAsOwner } from '../migrate.js';
import { cliConfig } from './cli-context.js';
import { Refused } from './refused.js';

export function addMigrateCommand(program: Command, env: Environment): void {
  program
    .command('migrate')
    .description('Bring the database of DATABASE_OWNER_URL to this release')
    .option('--check', 'change nothing; exit code 1 when something is missing')
    .action(async ({ check }: { check?: true }) => {
      const { DATABASE_OWNER_URL: owner } = cliConfig(env);
      if (!owner) throw new Refused('DATABASE_OWNER_URL is not set: the login of the role switchyard_owner.');
      const names = check ? await pendingAsOwner(owner) : await migrate(owner);
      const nothing = check ? 'Nothing is missing.' : 'There was nothing to do.';
      process.stdout.write(`${names.map((name) => `${check ? 'missing' : 'done'}: ${name}`).join('\n') || nothing}\n`);
      if (check && names.length > 0) process.exitCode = 1;
    });
}
