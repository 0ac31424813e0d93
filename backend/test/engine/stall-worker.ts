import 'reflect-metadata';
import { Global, Module } from '@nestjs/common';
import { Client } from 'pg';
import { watchEventLoop } from '../../src/boot/watch-event-loop.js';
import { LastingPostOffice } from './lasting-post-office.js';
import { LettersModule } from './letter.saga.js';
import { PostOffice } from './post-office.js';
import { startProcess } from './start-process.js';

/** A post office where some letters make whoever posts them stand still for ever. */
class StallingPostOffice extends LastingPostOffice {
  override async call(step: string, marker: string, effect?: () => void): Promise<undefined> {
    const { rows } = await this.client.query('SELECT 1 FROM poison WHERE marker = $1', [marker]);
    while (rows.length > 0);
    return super.call(step, marker, effect);
  }
}

/** Works, and is watched, until it is ended. */
export async function stallWorker(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  @Global()
  @Module({ providers: [{ provide: PostOffice, useValue: new StallingPostOffice(client) }], exports: [PostOffice] })
  class Town {}
  const { worker } = await startProcess(databaseUrl, [Town, LettersModule], { WORKER_CONCURRENCY: '4' });
  watchEventLoop(1_000);
  await worker.start();
}
