import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { candidateOf, CaseLine, CatalogueFile, OfflineRanker } from '../../integrations/ai/index.js';
import { answer } from './answer.js';
import { parseOrRefuse } from './parse-or-refuse.js';
import { Refused } from './refused.js';

interface Evaluate {
  library: string;
  out: string;
  json?: true;
}

export function addSnapshotCommands(program: Command): void {
  program
    .command('snapshots')
    .description('The library of snapshots')
    .command('evaluate <cases.jsonl>')
    .description('Choose a snapshot for each intake of a file, without a database; writes a line of JSON for each')
    .requiredOption('--library <library.json>', 'the snapshots to choose from: id, name, description, tags, assets')
    .requiredOption('--out <predictions.jsonl>', 'where to write id, choice or null, confidence and ranking')
    .option('--json', 'answer as JSON')
    .action(async (casesFile: string, { library, out, json }: Evaluate) => {
      const { snapshots } = parseOrRefuse(CatalogueFile, parsed(await read(library), library));
      const candidates = snapshots.map(candidateOf);
      const lines = (await read(casesFile)).split('\n').filter((line) => line.trim());
      const ranker = new OfflineRanker();
      const predictions: string[] = [];
      for (const [index, line] of lines.entries()) {
        const { id, intake } = parseOrRefuse(CaseLine, parsed(line, `${casesFile}, line ${index + 1}`));
        const { choice, confidence, ranked } = await ranker.rankSnapshots(intake, candidates);
        predictions.push(JSON.stringify({ id, choice, confidence, ranking: ranked.map((each) => each.id) }));
      }
      await writeFile(out, predictions.map((each) => `${each}\n`).join(''));
      const counts = { cases: predictions.length, snapshots: candidates.length, out };
      answer(json, {
        text: `${counts.cases} intakes, ${counts.snapshots} snapshots: written to ${out}`,
        data: counts,
      });
    });
}

const read = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: Error) => {
    throw new Refused(`${file} cannot be read: ${error.message}`);
  });

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(`${where} is not JSON.`);
  }
}
