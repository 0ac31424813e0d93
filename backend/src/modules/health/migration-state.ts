import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { migrations } from '../../../../migrations/index.js';

/** Is the database at this release, or ahead of it? Ahead is fine: migrations expand before they contract. */
@Injectable()
export class MigrationState {
  constructor(private readonly dataSource: DataSource) {}

  /** Names of the migrations this release needs and the database does not have. */
  async missing(): Promise<string[]> {
    const done = await this.dataSource.query<{ name: string }[]>('SELECT name FROM migrations');
    const names = new Set(done.map((row) => row.name));
    return migrations.map((migration) => migration.name).filter((name) => !names.has(name));
  }
}
