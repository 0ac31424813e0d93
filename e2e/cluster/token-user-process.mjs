// A process of the product that uses connections the way its services do, and says what it met. Its parent sends
// { id, act, ...given } and hears { id, result } or { id, error }. Needs a build.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';

const server = new URL('../../dist/server/', import.meta.url);
const backend = (path) => import(new URL(`backend/src/${path}.js`, server).href);
const { AppModule } = await backend('app.module');
const { loadConfig } = await backend('platform/config/index');
const { createLog, NestLog } = await backend('platform/logging/index');
const { Transaction } = await backend('platform/database/index');
const { Secret, Vault } = await backend('platform/crypto/index');
const { ProcessRegistry } = await backend('engine/processes/process-registry');
const { GhlAccounts } = await backend('modules/ghl-oauth/ghl-accounts');
const { GhlPort } = await backend('integrations/ghl/index');

const log = createLog('error', { write: (line) => void process.stderr.write(line) });
const app = await NestFactory.createApplicationContext(AppModule.forRoot(loadConfig(process.env), log), {
  abortOnError: false,
  logger: new NestLog(log),
});
await app.get(ProcessRegistry).start('worker');
const [accounts, ghl] = [app.get(GhlAccounts), app.get(GhlPort)];

const locationOf = (number) => `location-${number}`;
const tokenOf = (number) => `token of location ${number}, long enough to look like one`;

let reading;

const acts = {
  /** Stores tokens of so many sub-accounts, as minting them would. */
  async seed({ tenant, connectionId, count }) {
    for (let from = 0; from < count; from += 200) {
      const numbers = Array.from({ length: Math.min(200, count - from) }, (_, index) => from + index);
      await app.get(Transaction).run(tenant, async (tx) => {
        for (const number of numbers) {
          const row = `${connectionId}/${locationOf(number)}`;
          const place = { table: 'ghl_location_tokens', column: 'access_cell', row };
          const cell = await app.get(Vault).seal(tx, place, new Secret(tokenOf(number)));
          await tx.query(
            `INSERT INTO ghl_location_tokens (agency_id, connection_id, location_id, access_cell, access_expires_at)
             VALUES ($1, $2, $3, $4, now() + interval '1 day')`,
            [tenant, connectionId, locationOf(number), cell],
          );
        }
      });
    }
  },

  /**
   * Reads tokens at this pace until told to stop, ten at a time: one the way a step asks for it (and every hundredth is
   * the agency's own and is shown to HighLevel), nine with one look into the database.
   */
  async read({ tenant, connectionId, count, perSecond }) {
    reading = { reads: 0, failures: [], began: performance.now(), pending: new Set() };
    const { pending, failures, began } = reading;
    const check = (number, token) => {
      if (token.reveal() !== tokenOf(number)) throw new Error(`Location ${number} read as something else`);
    };
    const ten = async (first) => {
      const [asked, ...others] = Array.from({ length: 10 }, (_, index) => ((first + index) * 7919) % count);
      if (first % 100 === 0) await accounts.asCompany(tenant, connectionId, (access) => ghl.getCompany(access));
      else
        await accounts.asLocation(tenant, connectionId, locationOf(asked), {}, async ({ token }) =>
          check(asked, token),
        );
      const rows = await app
        .get(Transaction)
        .run(tenant, (tx) =>
          tx.query('SELECT location_id, access_cell FROM ghl_location_tokens WHERE location_id = ANY ($1)', [
            others.map(locationOf),
          ]),
        );
      for (const { location_id: location, access_cell: cell } of rows) {
        const row = `${connectionId}/${location}`;
        const place = { table: 'ghl_location_tokens', column: 'access_cell', row };
        check(Number(location.split('-')[1]), await app.get(Vault).open(tenant, place, cell));
      }
      return 1 + rows.length;
    };
    let begun = 0;
    reading.timer = setInterval(() => {
      const due = Math.floor(((performance.now() - began) / 1_000) * perSecond);
      // A machine that cannot keep this pace reads as fast as it can; the pace reached is told at the end.
      for (; begun < due && pending.size < 6; begun += 10) {
        const reads = ten(begun)
          .then((read) => (reading.reads += read))
          .catch((error) => failures.push(`${error.code ?? error.name}: ${error.message}`))
          .finally(() => pending.delete(reads));
        pending.add(reads);
      }
    }, 5);
  },

  async stop() {
    const { timer, pending, began } = reading;
    clearInterval(timer);
    const seconds = (performance.now() - began) / 1_000;
    await Promise.all(pending);
    return { reads: reading.reads, failures: reading.failures, perSecond: reading.reads / seconds };
  },

  /** Several jobs that need the connection at the same moment; some show their token to HighLevel. Says what failed. */
  async useAtOnce({ tenant, connectionId, jobs }) {
    const uses = Array.from({ length: jobs }, (_, job) =>
      accounts.asCompany(tenant, connectionId, async (access) => {
        if (access.expiresAt < new Date()) throw new Error('The token had expired');
        if (job % 5 === 0) await ghl.getCompany(access);
      }),
    );
    const settled = await Promise.allSettled(uses);
    return settled.flatMap(({ reason }) => (reason ? [`${reason.code}: ${reason.message}`] : []));
  },
};

process.on('message', ({ id, act, ...given }) => {
  acts[act](given).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: error.stack }),
  );
});
process.once('disconnect', () => process.exit(0));
process.send({ ready: true });
