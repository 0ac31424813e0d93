import { Client } from 'pg';
import { runStates, stepStates } from '../../src/engine/runs/run-states.js';

/** Notes every change of state that the database sees, whoever makes it. */
export async function watchMoves(ownerUrl: string, tenant: string) {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query(`
    CREATE TABLE moves (what text, before text, after text, PRIMARY KEY (what, before, after));
    CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      INSERT INTO moves VALUES (TG_TABLE_NAME, OLD.state, NEW.state) ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;
    CREATE TRIGGER note_move AFTER UPDATE ON runs FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION note_move();
    CREATE TRIGGER note_move AFTER UPDATE ON run_steps FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION note_move();
  `);
  await client.query(`SELECT set_config('app.agency_id', $1, false)`, [tenant]);
  const tables = { runs: runStates, run_steps: stepStates } as Record<
    string,
    Record<string, { next: readonly string[] }>
  >;

  return {
    async check(): Promise<void> {
      const { rows: moves } = await client.query<{ what: string; before: string; after: string }>(
        'SELECT * FROM moves',
      );
      expect(moves.filter(({ what, before, after }) => !tables[what][before].next.includes(after))).toEqual([]);
      const { rows: gaps } = await client.query(`
        SELECT r.id, r.event_seq, count(e.seq)::int AS lines, max(e.seq) AS last FROM runs r
        LEFT JOIN run_events e ON e.agency_id = r.agency_id AND e.run_id = r.id
        GROUP BY r.agency_id, r.id HAVING count(e.seq) <> r.event_seq OR max(e.seq) <> r.event_seq OR min(e.seq) <> 1`);
      expect(gaps).toEqual([]);
    },
    async seen(): Promise<string[]> {
      const { rows } = await client.query<{ move: string }>(
        `SELECT what || ' ' || before || ' > ' || after AS move FROM moves ORDER BY 1`,
      );
      return rows.map(({ move }) => move);
    },
    end: () => client.end(),
  };
}
