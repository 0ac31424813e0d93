import { importTypescript } from '../load-typescript.mjs';

const { stallWorker } = await importTypescript('./engine/stall-worker.ts');
await stallWorker(process.argv[2]);
