import { importTypescript } from './load-typescript.mjs';

/**
 * One Postgres for the run, whichever projects take part in it. Specs without a database also run on a machine that
 * cannot start one: the reason is kept, and told by the first spec that asks for a database.
 */
export default async function startTestPostgres() {
  if (globalThis.switchyardTestPostgres) return;
  try {
    const { startTestCluster } = await importTypescript('./test-cluster.ts');
    globalThis.switchyardTestPostgres = await startTestCluster();
    process.env.SWITCHYARD_TEST_POSTGRES = JSON.stringify(globalThis.switchyardTestPostgres.login);
  } catch (error) {
    process.env.SWITCHYARD_TEST_POSTGRES_FAULT =
      error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
