import type { Client } from 'pg';
import { type Letter, PostOffice } from './post-office.js';

/** A post office that outlives the process that calls it: it keeps its letters in the test's database. */
export class LastingPostOffice extends PostOffice {
  constructor(protected readonly client: Client) {
    super();
  }

  override async call(step: string, marker: string, effect?: () => void): Promise<undefined> {
    if (!effect) await this.client.query('INSERT INTO posted (marker, step) VALUES ($1, $2)', [marker, step]);
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
