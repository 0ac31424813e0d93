import { importTypescript } from '../../backend/test/load-typescript.mjs';

/* `npm run chaos`: the fault suite, on the server as it was built last. */
const { chaos } = await importTypescript('../../e2e/chaos/command.ts');
process.exit(await chaos(process.argv.slice(2)));
