import { text as readAll } from 'node:stream/consumers';
import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { SignInLinksService, UsersService } from '../../modules/identity/index.js';
import { CreateUser } from '../../modules/identity/identity.schema.js';
import { AgenciesService, type AgencyName } from '../../modules/tenancy/index.js';
import { answer } from './answer.js';
import { chooseAgency } from './choose-agency.js';
import type { WithApp } from './cli-context.js';
import { parseOrRefuse } from './parse-or-refuse.js';
import { Refused } from './refused.js';

interface NewUser {
  email: string;
  name: string;
  role: string;
  passwordStdin?: true;
  agency?: string;
  json?: true;
}

export function addUserCommands(program: Command, withApp: WithApp): void {
  const user = program.command('user').description('People who may sign in');
  user
    .command('create')
    .description('Add a person; without a password a one-time sign-in link is made')
    .requiredOption('--email <address>')
    .requiredOption('--name <name>')
    .requiredOption('--role <role>', 'admin, operator or viewer')
    .option('--password-stdin', 'read the password from standard input')
    .option('--agency <id or name>', 'needed when there are several')
    .option('--json', 'answer as JSON')
    .action((options: NewUser) => withApp((app) => createUser(app, options)));
  user
    .command('sign-in-link <email>')
    .description('Make a one-time link for somebody who has no password or lost it')
    .option('--agency <id or name>', 'needed when several have a person with this address')
    .option('--json', 'answer as JSON')
    .action((email: string, options: { agency?: string; json?: true }) =>
      withApp((app) => createLink(app, email, options)),
    );
}

async function createUser(
  app: INestApplicationContext,
  { passwordStdin, agency: wanted, json, ...input }: NewUser,
): Promise<void> {
  const password = passwordStdin ? (await readAll(process.stdin)).replace(/\r?\n$/, '') : undefined;
  const schema = password === undefined ? CreateUser.omit({ password: true }) : CreateUser;
  const checked = parseOrRefuse(schema, { ...input, ...(password !== undefined && { password }) });
  const agency = await chooseAgency(app, wanted);
  const user = await app.get(UsersService).createUser({ tenant: agency.id, actor: 'system' }, checked);
  const link =
    password === undefined ? await app.get(SignInLinksService).createSignInLink(agency.id, user.id) : undefined;
  const url = link?.url.reveal();
  answer(json, {
    text: [
      `${user.email} is now ${user.role} of ${agency.name}.`,
      ...(url ? [`Sign in once, within ${link!.validForMinutes} minutes: ${url}`] : []),
    ].join('\n'),
    data: { ...user, agencyId: agency.id, signInLink: url ?? null },
  });
}

async function createLink(
  app: INestApplicationContext,
  email: string,
  { agency, json }: { agency?: string; json?: true },
): Promise<void> {
  const found = await peopleWith(app, email, agency);
  if (found.length !== 1)
    throw new Refused(
      found.length === 0
        ? `Nobody has the address ${email}.`
        : 'Several agencies have a person with this address. Say which one with --agency.',
    );
  const [{ agencyId, userId }] = found;
  const link = await app.get(SignInLinksService).createSignInLink(agencyId, userId);
  const url = link.url.reveal();
  answer(json, {
    text: `${url}\nIt works once, within ${link.validForMinutes} minutes.`,
    data: { url, validForMinutes: link.validForMinutes },
  });
}

async function peopleWith(app: INestApplicationContext, email: string, wanted?: string) {
  const agencies: AgencyName[] = wanted ? [await chooseAgency(app, wanted)] : await app.get(AgenciesService).list();
  const found: { agencyId: AgencyName['id']; userId: string }[] = [];
  for (const { id } of agencies) {
    const { items } = await app.get(UsersService).list(id);
    for (const user of items)
      if (user.email.toLowerCase() === email.toLowerCase()) found.push({ agencyId: id, userId: user.id });
  }
  return found;
}
