import { Injectable } from '@nestjs/common';
import type { Tx } from '../database/index.js';

/** A column of sealed values, named by the module that owns its table. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** What `Place.column` says, where that is not the column itself. */
  readonly sealedAs?: string;
  /** The primary key without the agency, in order, with types; `Place.row` is its values joined by a slash. */
  readonly key: Readonly<Record<string, 'uuid' | 'text'>>;
}

export interface SealedCell {
  /** The values of the key, in its order. */
  readonly at: readonly string[];
  readonly cell: string;
}

/** Everything that is sealed, so that keys can be rotated without knowing whose secrets they protect. */
@Injectable()
export class SealedColumns {
  readonly all: SealedColumn[] = [];

  add(...columns: SealedColumn[]): void {
    this.all.push(...columns);
  }

  /** Cells that another data key than `kid` sealed, in the order of the key. */
  async sealedByOthers(
    tx: Tx,
    column: SealedColumn,
    kid: string,
    after: readonly string[] | undefined,
    limit: number,
  ): Promise<SealedCell[]> {
    const keys = Object.entries(column.key);
    const from = after
      ? `AND (${keys.map(([name]) => name).join()}) > (${keys.map(([, type], index) => `$${index + 4}::${type}`).join()})`
      : '';
    return tx.query<SealedCell>(
      `SELECT ARRAY[${keys.map(([name]) => `${name}::text`).join()}] AS at, ${column.column} AS cell FROM ${column.table}
       WHERE agency_id = $1 AND ${column.column} IS NOT NULL AND split_part(${column.column}, '.', 2) <> $2 ${from}
       ORDER BY ${keys.map(([name]) => name).join()} LIMIT $3`,
      [tx.tenant, kid, limit, ...(after ?? [])],
    );
  }

  async countSealedByOthers(tx: Tx, { table, column }: SealedColumn, kid: string): Promise<number> {
    const [{ count }] = await tx.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table}
       WHERE agency_id = $1 AND ${column} IS NOT NULL AND split_part(${column}, '.', 2) <> $2`,
      [tx.tenant, kid],
    );
    return count;
  }

  /**
   * Puts new cells where exactly the old ones still are: a value that was replaced meanwhile is newer than ours. Rows in
   * somebody's hands are left for the next look, so that nobody waits for us while we wait for them.
   */
  async replace(
    tx: Tx,
    { table, column, key }: SealedColumn,
    changes: readonly (SealedCell & { readonly fresh: string })[],
  ): Promise<number> {
    const keys = Object.entries(key);
    const lists = keys.map((_key, index) => changes.map(({ at }) => at[index]));
    const given = [...keys.map(([, type]) => type), 'text', 'text'].map((type, index) => `$${index + 2}::${type}[]`);
    const names = keys.map(([name]) => name);
    const same = (other: string) => names.map((name) => `t.${name} = ${other}.${name}`).join(' AND ');
    const changed = await tx.query(
      `WITH change (${names.join()}, old, fresh) AS (SELECT * FROM unnest(${given.join()})),
         free AS (SELECT ${names.map((name) => `t.${name}`).join()}, c.fresh FROM ${table} t JOIN change c ON ${same('c')}
                  WHERE t.agency_id = $1 AND t.${column} = c.old FOR UPDATE OF t SKIP LOCKED)
       UPDATE ${table} t SET ${column} = f.fresh FROM free f WHERE t.agency_id = $1 AND ${same('f')} RETURNING 1`,
      [tx.tenant, ...lists, changes.map(({ cell }) => cell), changes.map(({ fresh }) => fresh)],
    );
    return changed.length;
  }
}

/** Where the cell belongs, as it was sealed. */
export const placeOf = ({ table, column, sealedAs }: SealedColumn, { at }: SealedCell) => ({
  ...{ table, column: sealedAs ?? column },
  row: at.join('/'),
});
