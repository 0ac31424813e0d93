import { importTypescript } from '../load-typescript.mjs';

const { crashWorker } = await importTypescript('./engine/crash-worker.ts');
await crashWorker(process.argv[2]);
