import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import type { AuditVerdict } from '../../modules/audit/audit.schema.js';
import { AuditService, verifyExport } from '../../modules/audit/index.js';
import { AgenciesService } from '../../modules/tenancy/index.js';
import { answer } from './answer.js';
import { chooseAgency } from './choose-agency.js';
import type { WithApp } from './cli-context.js';

interface Verify {
  agency?: string;
  file?: string;
  json?: true;
}
type Verdict = AuditVerdict & { of: string };

export function addAuditCommands(program: Command, withApp: WithApp): void {
  program
    .command('audit')
    .description('The record of who changed what')
    .command('verify')
    .description('Follow the chain of every entry; exit code 1 names the first that does not fit')
    .option('--agency <id or name>', 'only this one')
    .option('--file <export.ndjson>', 'an export instead of the database')
    .option('--json', 'answer as JSON')
    .action(async ({ file, agency, json }: Verify) => {
      const verdicts = file ? [await verifyFile(file)] : await withApp((app) => verifyAgencies(app, agency));
      answer(json, { text: verdicts.map(sentence).join('\n'), data: verdicts });
      if (verdicts.some((verdict) => !verdict.intact)) process.exitCode = 1;
    });
}

async function verifyFile(file: string): Promise<Verdict> {
  return { of: file, ...(await verifyExport(createInterface({ input: createReadStream(file), crlfDelay: Infinity }))) };
}

async function verifyAgencies(app: INestApplicationContext, wanted?: string): Promise<Verdict[]> {
  const agencies = wanted ? [await chooseAgency(app, wanted)] : await app.get(AgenciesService).list();
  const verdicts: Verdict[] = [];
  for (const { id, name } of agencies)
    verdicts.push({ of: name, ...(await app.get(AuditService).verify(id, 'system')) });
  return verdicts;
}

function sentence({ of, intact, entries, firstBad }: Verdict): string {
  return intact ? `${of}: intact, ${entries} entries` : `${of}: BROKEN at entry ${firstBad?.seq}: ${firstBad?.reason}`;
}
