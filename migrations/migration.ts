import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a migration does to a database that older processes still use.
 * expand: adds, old code goes on working. move: copies data. contract: removes what no running code needs.
 */
export type MigrationPhase = 'expand' | 'move' | 'contract';

/** A migration is its SQL: `up` and `down` are read as they stand, one subject each. */
export abstract class SqlMigration implements MigrationInterface {
  abstract readonly name: string;
  abstract readonly phase: MigrationPhase;
  protected abstract readonly upSql: string;
  protected abstract readonly downSql: string;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(this.upSql);
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(this.downSql);
  }
}
