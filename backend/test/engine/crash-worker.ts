import 'reflect-metadata';
import { Global, Module } from '@nestjs/common';
import { Client } from 'pg';
import { LastingPostOffice } from './lasting-post-office.js';
import { LettersModule } from './letter.saga.js';
import { PostOffice } from './post-office.js';
import { startProcess } from './start-process.js';

/** Takes some time before and after a letter is posted, so that a kill hits either. */
class SlowPostOffice extends LastingPostOffice {
  override async call(step: string, marker: string, effect?: () => void): Promise<undefined> {
    await someTime();
    await super.call(step, marker, effect);
    await someTime();
    return undefined;
  }
}

const someTime = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 40));

/** Works until it is killed. Boots first and begins when told, so that a test need not wait for it. */
export async function crashWorker(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  @Global()
  @Module({ providers: [{ provide: PostOffice, useValue: new SlowPostOffice(client) }], exports: [PostOffice] })
  class Town {}
  const { worker } = await startProcess(databaseUrl, [Town, LettersModule], { WORKER_CONCURRENCY: '8' });
  process.on('message', () => void worker.start());
  process.send!('ready');
}
