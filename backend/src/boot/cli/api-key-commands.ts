import type { Command } from 'commander';
import { ApiKeysService } from '../../modules/identity/index.js';
import { CreateApiKey } from '../../modules/identity/identity.schema.js';
import { answer } from './answer.js';
import { chooseAgency } from './choose-agency.js';
import type { WithApp } from './cli-context.js';
import { parseOrRefuse } from './parse-or-refuse.js';

interface NewKey {
  name: string;
  role: string;
  expiresInDays?: string;
  agency?: string;
  json?: true;
}

export function addApiKeyCommands(program: Command, withApp: WithApp): void {
  program
    .command('api-key')
    .description('Keys for programs')
    .command('create')
    .description('Make a key; it is shown this one time')
    .requiredOption('--name <name>')
    .requiredOption('--role <role>', 'admin, operator or viewer')
    .option('--expires-in-days <days>')
    .option('--agency <id or name>', 'needed when there are several')
    .option('--json', 'answer as JSON')
    .action(({ agency: wanted, json, expiresInDays, ...input }: NewKey) =>
      withApp(async (app) => {
        const days = expiresInDays === undefined ? {} : { expiresInDays: Number(expiresInDays) };
        const checked = parseOrRefuse(CreateApiKey, { ...input, ...days });
        const agency = await chooseAgency(app, wanted);
        const made = await app.get(ApiKeysService).createApiKey({ tenant: agency.id, actor: 'system' }, checked);
        answer(json, { text: `${made.key}\nUse it as "Authorization: Bearer …". It is not shown again.`, data: made });
      }),
    );
}
