import type { Command } from 'commander';
import { AgenciesService } from '../../modules/tenancy/index.js';
import { KeyRotation, type KeyStatus, type Leftovers, ReEncryption } from '../../platform/crypto/index.js';
import { answer } from './answer.js';
import type { WithApp } from './cli-context.js';
import { Refused } from './refused.js';

interface Json {
  json?: true;
}
interface Move extends Json {
  dryRun?: true;
}

const dryRunIs = 'say what would be done, and why not; change nothing';

/** The moves of a rotation. Each is refused (exit code 1, with the reason) until the one before it is complete. */
export function addKeyCommands(program: Command, withApp: WithApp): void {
  const keys = program
    .command('keys')
    .description('Keys that protect stored secrets: add, promote, re-encrypt, retire');
  addLooking(keys, withApp);
  addMoves(keys, withApp);
  addReEncryption(keys, withApp);
}

function addLooking(keys: Command, withApp: WithApp): void {
  keys
    .command('status')
    .description('Which key wraps, who lacks one, and what is left of earlier ones')
    .option('--json', 'answer as JSON')
    .action(({ json }: Json) =>
      withApp(async (app) => {
        const status = await app.get(KeyRotation).status();
        const text = [...status.keys.map(keyLine), leftoverLine(status), `Next: ${nextMove(status)}`].join('\n');
        answer(json, { text, data: status });
      }),
    );
}

function addMoves(keys: Command, withApp: WithApp): void {
  keys
    .command('add')
    .description('Make a key known that opens and does not wrap yet; a VAULT_KEYS_FILE is given a new one')
    .option('--id <id>', 'its name, never used before', `key-${new Date().toISOString().slice(0, 10)}`)
    .option('--json', 'answer as JSON')
    .action(({ id, json }: Json & { id: string }) =>
      withApp(async (app) => {
        if (!/^[\w-]{1,60}$/.test(id)) throw new Refused('An id has 1 to 60 letters, digits, - and _.');
        const added = await app.get(KeyRotation).add(id);
        const names = added.map((each) => `"${each}"`).join(' and ');
        answer(json, {
          text: `Added: ${names}. When every process has it: switchyard keys promote ${added[0]}`,
          data: { added },
        });
      }),
    );
  keys
    .command('promote <id>')
    .description('Let this key wrap from now on; refused while a living process lacks it')
    .option('--dry-run', dryRunIs)
    .option('--json', 'answer as JSON')
    .action((id: string, { dryRun, json }: Move) =>
      withApp(async (app) => {
        const outcome = await app.get(KeyRotation).promote(id, { dryRun });
        answer(json, { text: promoted(id, outcome, dryRun), data: { id, outcome: dryRun ? 'dry-run' : outcome } });
      }),
    );
  keys
    .command('retire <id>')
    .description('Give up a key that nothing needs any more; refused until that is so')
    .option('--dry-run', dryRunIs)
    .option('--json', 'answer as JSON')
    .action((id: string, { dryRun, json }: Move) =>
      withApp(async (app) => {
        const outcome = await app.get(KeyRotation).retire(id, { dryRun });
        const told = dryRun ? `"${id}" can be retired.` : `"${id}" is retired: take it out of every VAULT_KEYS.`;
        answer(json, { text: told, data: { id, outcome: dryRun ? 'dry-run' : outcome } });
      }),
    );
}

function addReEncryption(keys: Command, withApp: WithApp): void {
  keys
    .command('re-encrypt')
    .description(
      'Seal everything anew under the promoted key, while the product runs; go on after an interruption by running it again',
    )
    .option('--batch <cells>', 'how many at once, 1 to 1000', '100')
    .option('--dry-run', dryRunIs)
    .option('--json', 'answer as JSON')
    .action(({ batch, dryRun, json }: Move & { batch: string }) =>
      withApp(async (app) => {
        const size = Number(batch);
        if (!(Number.isInteger(size) && size >= 1 && size <= 1_000))
          throw new Refused('--batch is a number from 1 to 1000.');
        const names = new Map((await app.get(AgenciesService).list()).map(({ id, name }) => [id as string, name]));
        const work = app.get(ReEncryption);
        const left = dryRun
          ? await work.leftovers()
          : await work.run(size, ({ tenant, table, column, renewed, of }) =>
              process.stderr.write(`${names.get(tenant) ?? tenant}: ${table}.${column} ${renewed} of ${of}\n`),
            );
        answer(json, { text: leftoverLine(left), data: left });
        if (!dryRun && left.cells > 0) process.exitCode = 1;
      }),
    );
}

function promoted(id: string, outcome: 'promoted' | 'was-current', dryRun?: true): string {
  if (outcome === 'was-current') return `"${id}" wraps already.`;
  return dryRun ? `"${id}" can be promoted.` : `"${id}" wraps from now on. Next: switchyard keys re-encrypt`;
}

function keyLine({ id, state, wraps, here, lackedBy }: KeyStatus): string {
  const lacking = state === 'retired' || lackedBy.length === 0 ? '' : `; lacked by ${lackedBy.join(', ')}`;
  return `${id}  ${state}; wraps ${wraps} data keys${here ? '' : '; not in VAULT_KEYS here'}${lacking}`;
}

const leftoverLine = ({ cells, unreadable }: Leftovers) =>
  `${cells} cells are sealed with earlier data keys.${unreadable > 0 ? ` ${unreadable} cannot be opened and stay as they are; the log and the audit trail name them.` : ''}`;

function nextMove({ keys, cells }: { keys: KeyStatus[] } & Leftovers): string {
  const [added, former] = (['added', 'former'] as const).map((state) => keys.find((key) => key.state === state));
  if (former)
    return former.wraps > 0 || cells > 0 ? 'switchyard keys re-encrypt' : `switchyard keys retire ${former.id}`;
  return added ? `switchyard keys promote ${added.id}` : 'nothing; switchyard keys add begins a rotation';
}
