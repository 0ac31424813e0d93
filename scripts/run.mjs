// The entry of `npm start`, `npm test` and their kin. Nothing under scripts/ needs a dependency: this runs under the
// Node that a person happens to have, before anything is installed.
import { helpFor, parseCommandLine } from './lib/command-line.mjs';
import { unsupportedNode } from './lib/node-version.mjs';

const { command, options, rest, faults } = parseCommandLine(process.argv.slice(2));

if (options.help) {
  console.log(helpFor(command));
} else {
  const all = [unsupportedNode(process.versions.node), ...faults].filter(Boolean);
  if (all.length > 0) {
    console.error(`${all.join('\n')}\n\n${helpFor(command)}`);
    process.exit(2);
  }
  const { run } = await import(`./commands/${command}.mjs`);
  process.exitCode = await run(options, rest);
}
