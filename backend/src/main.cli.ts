import 'reflect-metadata';
import { Command } from 'commander';
import { addAgencyCommands } from './boot/cli/agency-commands.js';
import { addApiKeyCommands } from './boot/cli/api-key-commands.js';
import { addAuditCommands } from './boot/cli/audit-commands.js';
import { withAppOf } from './boot/cli/cli-context.js';
import { addDatabaseCommand } from './boot/cli/database-command.js';
import { addDoctorCommand } from './boot/cli/doctor-command.js';
import { addGenerateCommand } from './boot/cli/generate-command.js';
import { addKeyCommands } from './boot/cli/key-commands.js';
import { addMigrateCommand } from './boot/cli/migrate-command.js';
import { addQueueCommands } from './boot/cli/queue-commands.js';
import { addProvisionCommands } from './boot/cli/provision-commands.js';
import { sayWhy } from './boot/cli/say-why.js';
import { addSnapshotCommands } from './boot/cli/snapshot-commands.js';
import { addUserCommands } from './boot/cli/user-commands.js';

/** `switchyard …`: what an operator does without the console. */
const program = new Command('switchyard')
  .description('Operate Switchyard. Uses the database of DATABASE_URL, or that of a running `npm start` in DATA_DIR.')
  .showHelpAfterError();
const withApp = withAppOf(process.env);

addDatabaseCommand(program, process.env);
addMigrateCommand(program, process.env);
addAgencyCommands(program, withApp);
addUserCommands(program, withApp);
addApiKeyCommands(program, withApp);
addAuditCommands(program, withApp);
addKeyCommands(program, withApp);
addQueueCommands(program, withApp);
addProvisionCommands(program, withApp);
addSnapshotCommands(program);
addDoctorCommand(program, withApp);
addGenerateCommand(program);

await program.parseAsync().catch(sayWhy);
