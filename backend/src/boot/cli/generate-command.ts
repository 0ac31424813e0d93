import type { Command } from 'commander';
import { compareGenerated, writeGenerated } from '../generate/generated-files.js';

export function addGenerateCommand(program: Command): void {
  program
    .command('generate')
    .description(
      'Write the files that are made from the code: configuration, API document, permissions, states, client',
    )
    .option('--check', 'write nothing; exit code 1 when a file differs')
    .action(async ({ check }: { check?: true }) => {
      const differing = check ? await compareGenerated() : await writeGenerated();
      for (const path of differing) process.stdout.write(`${check ? 'differs' : 'written'}: ${path}\n`);
      if (check && differing.length > 0) process.stdout.write('Run `npm run generate` and commit what it writes.\n');
      if (check && differing.length > 0) process.exitCode = 1;
    });
}
