import type { Command } from 'commander';
import { type Environment, loadConfig } from '../../platform/config/index.js';
import type { Secret } from '../../platform/crypto/index.js';
import { prepareDatabase } from '../../platform/database/prepare-database.js';
import { Refused } from './refused.js';

export function addDatabaseCommand(program: Command, env: Environment): void {
  program
    .command('database')
    .description('The database server itself')
    .command('prepare')
    .description(
      'As DATABASE_ADMIN_URL: make the roles and the database of DATABASE_URL and DATABASE_OWNER_URL, with their passwords',
    )
    .action(async () => {
      const { DATABASE_ADMIN_URL: admin, DATABASE_URL: app, DATABASE_OWNER_URL: owner } = loadConfig(env);
      if (!admin || !app || !owner)
        throw new Refused('Set DATABASE_ADMIN_URL (a superuser), DATABASE_URL and DATABASE_OWNER_URL.');
      const logins = { app: loginOf('DATABASE_URL', app), owner: loginOf('DATABASE_OWNER_URL', owner) };
      if (logins.app.database !== logins.owner.database)
        throw new Refused('DATABASE_URL and DATABASE_OWNER_URL name different databases.');
      const passwords = { app: logins.app.password, owner: logins.owner.password };
      await prepareDatabase(admin.reveal(), passwords, logins.app.database);
      process.stdout.write(`The roles and the database ${logins.app.database} are there. Next: switchyard migrate\n`);
    });
}

const users = { DATABASE_URL: 'switchyard_app', DATABASE_OWNER_URL: 'switchyard_owner' };

function loginOf(variable: keyof typeof users, url: Secret): { password: string; database: string } {
  const { username, password, pathname } = new URL(url.reveal());
  const database = decodeURIComponent(pathname.slice(1));
  if (username !== users[variable]) throw new Refused(`${variable} must log in as ${users[variable]}.`);
  if (!password || !database) throw new Refused(`${variable} must have a password and name a database.`);
  return { password: decodeURIComponent(password), database };
}
