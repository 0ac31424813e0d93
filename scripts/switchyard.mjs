#!/usr/bin/env node
// `switchyard …`: the command line of the built product, under the Node it was tested with.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { serverFile } from './lib/paths.mjs';
import { pinnedNode } from './lib/pinned-node.mjs';

const cli = serverFile('main.cli.js');
if (!existsSync(cli)) {
  console.error('Switchyard is not built yet. Run `npm run build` first.');
  process.exit(2);
}
const child = spawn(pinnedNode(), ['--enable-source-maps', cli, ...process.argv.slice(2)], { stdio: 'inherit' });
// In a terminal Ctrl-C reaches the child by itself; a SIGTERM is sent to us alone.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.once('exit', (code) => process.exit(code ?? 1));
