import 'reflect-metadata';
import { Global, Module } from '@nestjs/common';
import { Client } from 'pg';
import { LettersModule } from './letter.saga.js';
import { type Letter, PostOffice } from './post-office.js';
import { startProcess } from './start-process.js';

/** A post office that outlives the process that calls it: it keeps its letters in the test's database. */
class LastingPostOffice extends PostOffice {
  constructor(private readonly client: Client) {
    super();
  }

  override async call(step: string, marker: string, effect?: () => void): Promise<undefined> {
    await someTime();
    if (!effect) await this.client.query('INSERT INTO posted (marker, step) VALUES ($1, $2)', [marker, step]);
    await someTime();
    return undefined;
  }

  override async lettersWith(marker: string): Promise<Letter[]> {
    const { rows } = await this.client.query<Letter>(
      'SELECT marker, step, 0 AS "fromCall" FROM posted WHERE marker = $1',
      [marker],
    );
    return rows;
  }
}

const someTime = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 40));

/** Works until it is killed. Boots first and begins when told, so that a test need not wait for it. */
export async function crashWorker(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  @Global()
  @Module({ providers: [{ provide: PostOffice, useValue: new LastingPostOffice(client) }], exports: [PostOffice] })
  class Town {}
  const { worker } = await startProcess(databaseUrl, [Town, LettersModule], { WORKER_CONCURRENCY: '8' });
  process.on('message', () => void worker.start());
  process.send!('ready');
}
