import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { BatchDecisions, BatchesService, BatchExports, BatchViews } from '../../modules/batches/index.js';
import { type Batch, NewBatch } from '../../modules/batches/batches.schema.js';
import type { TenantId } from '../../platform/database/index.js';
import { decodeCsv } from '../../platform/http/index.js';
import { answer } from './answer.js';
import { batchWords, progressLine } from './batch-words.js';
import { chooseAgency } from './choose-agency.js';
import type { WithApp } from './cli-context.js';
import { parseOrRefuse } from './parse-or-refuse.js';
import { Refused } from './refused.js';

interface ImportOptions {
  dryRun?: true;
  start?: true;
  yes?: true;
  watch?: true;
  title?: string;
  snapshot?: string;
  country?: string;
  timezone?: string;
  adopt?: true;
  correct?: true;
  problems: string;
  agency?: string;
  json?: true;
}

const lookEveryMs = 1_000;
const system = { actor: 'system' };

export function addProvisionCommands(program: Command, withApp: WithApp): void {
  program
    .command('provision')
    .description('Sub-accounts in bulk')
    .command('import')
    .description('Upload a CSV file of businesses; a running Switchyard checks its rows and carries its jobs')
    .argument('<file.csv>')
    .option('--dry-run', 'check only, and say what would be done')
    .option('--start', 'begin what was found to be good')
    .option('--yes', 'begin without asking, and although rows are left out')
    .option('--watch', 'show the progress until the end')
    .option('--title <title>')
    .option('--snapshot <id>', 'for rows that name none: an id, recommend or none')
    .option('--country <code>', 'for rows that name none')
    .option('--timezone <zone>', 'for rows that name none')
    .option('--adopt', 'take over sub-accounts that exist')
    .option('--correct', 'correct what can be corrected without doubt')
    .option('--problems <file>', 'where rows with problems are written', 'problems.csv')
    .option('--agency <id or name>', 'needed when there are several')
    .option('--json', 'answer as JSON')
    .action((file: string, options: ImportOptions) => withApp((app) => importFile(app, file, options)));
}

async function importFile(app: INestApplicationContext, file: string, options: ImportOptions): Promise<void> {
  if (options.start && !options.yes) throw new Refused('Add --yes: starting makes sub-accounts in HighLevel.');
  const { id: tenant } = await chooseAgency(app, options.agency);
  const upload = parseOrRefuse(NewBatch, {
    ...decodeCsv(await readFile(file)),
    fileName: basename(file),
    ...(options.title && { title: options.title }),
    defaults: defaultsOf(options),
  });
  const { id } = await app.get(BatchesService).create(tenant, system, undefined, upload);
  const look = () => app.get(BatchViews).get(tenant, id);
  const checked = await follow(look, options, ({ state }) => state !== 'checking');
  if (checked.counts.problem > 0) await writeProblems(app, tenant, checked, options.problems);
  // A check alone leaves nothing that somebody could start by mistake.
  if (options.dryRun) await app.get(BatchDecisions).cancel(tenant, system, id);
  const begun = options.start && !options.dryRun ? await begin(app, tenant, checked) : checked;
  const last = begun !== checked && options.watch ? await follow(look, options, isOver) : begun;
  answer(options.json, { text: batchWords(last, options.problems), data: last });
  if (checked.counts.problem > 0 || last.state === 'draft' || last.failures.length > 0) process.exitCode = 1;
}

function defaultsOf({ snapshot, country, timezone, adopt, correct }: ImportOptions) {
  const named = snapshot === undefined || snapshot === 'recommend' || snapshot === 'none' ? snapshot : { id: snapshot };
  return {
    ...(named && { snapshot: named }),
    ...(country && { country }),
    ...(timezone && { timezone }),
    existing: adopt ? 'adopt' : 'refuse',
    corrections: correct ? 'apply' : 'suggest',
  };
}

const isOver = ({ state }: Batch) => state === 'finished' || state === 'cancelled';

/** One line that is written over itself on a terminal, and nothing in a file. */
async function follow(look: () => Promise<Batch>, { json }: ImportOptions, until: (batch: Batch) => boolean) {
  for (;;) {
    const batch = await look();
    if (!json && process.stderr.isTTY) process.stderr.write(`\r\u001b[K${progressLine(batch)}`);
    if (until(batch)) {
      if (!json && process.stderr.isTTY) process.stderr.write('\r\u001b[K');
      return batch;
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

async function writeProblems(app: INestApplicationContext, tenant: TenantId, batch: Batch, file: string) {
  const names = batch.columns.map(({ name }) => name);
  const lines = app.get(BatchExports).rowLines(tenant, batch.id, names, ['problem']);
  await pipeline(Readable.from(lines), createWriteStream(file));
}

async function begin(app: INestApplicationContext, tenant: TenantId, { id, plan, state }: Batch): Promise<Batch> {
  if (state !== 'ready' || !plan || plan.create + plan.adopt === 0)
    throw new Refused('No row of this file can be started. Correct the rows, then import the file again.');
  return app.get(BatchesService).start(tenant, system, undefined, id, { planHash: plan.planHash });
}
