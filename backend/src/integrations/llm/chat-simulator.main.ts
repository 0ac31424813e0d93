import { type ChatSimulatorOptions, startChatSimulator } from './chat.simulator.js';

/* The simulator as a process of its own, for trying out: options as JSON in the first argument, the address on standard output. */
const { url } = await startChatSimulator(JSON.parse(process.argv[2] ?? '{}') as ChatSimulatorOptions);
process.stdout.write(`${JSON.stringify({ url })}\n`);
