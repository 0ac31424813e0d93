import { startGhlSimulator } from './ghl.simulator.js';
import type { GhlSimulatorOptions } from './ghl.simulator.js';

/*
 * The simulator as a process of its own. Options come as JSON in the first argument; the address goes to the
 * parent, or to standard output. It ends with its parent, after the requests in flight.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as GhlSimulatorOptions;
const simulator = await startGhlSimulator(options);
const { url, consentUrl, port } = simulator;

let ending = false;
const end = async () => {
  if (ending) return;
  ending = true;
  await simulator.stop();
  process.exit(0);
};
process.on('disconnect', () => void end());
process.on('SIGTERM', () => void end());
process.on('SIGINT', () => void end());

if (process.send) process.send({ url, consentUrl, port });
else process.stdout.write(`${JSON.stringify({ url, consentUrl, port })}\n`);
