import type { Client } from 'pg';

/**
 * The three roles of the database, made by a superuser once per cluster:
 * - switchyard_owner owns the tables and runs migrations;
 * - switchyard_app is what the product is at run time: owns nothing, bypasses nothing, creates nothing;
 * - switchyard_platform owns the few functions that see across agencies; nobody can log in as it.
 * Running it again changes the passwords to the given ones.
 */
export async function createRoles(superuser: Client, passwords: { owner: string; app: string }): Promise<void> {
  const { rows } = await superuser.query<{ rolname: string }>(
    `SELECT rolname FROM pg_roles WHERE rolname LIKE 'switchyard_%'`,
  );
  const existing = new Set(rows.map((row) => row.rolname));
  const quote = (text: string) => superuser.escapeLiteral(text);
  const limits = 'NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION NOINHERIT';
  const makeOrChange = (role: string) => (existing.has(role) ? `ALTER ROLE ${role}` : `CREATE ROLE ${role}`);
  await superuser.query(`${makeOrChange('switchyard_platform')} NOLOGIN ${limits}`);
  await superuser.query(`${makeOrChange('switchyard_owner')} LOGIN ${limits} PASSWORD ${quote(passwords.owner)}`);
  await superuser.query(`${makeOrChange('switchyard_app')} LOGIN ${limits} PASSWORD ${quote(passwords.app)}`);
  await superuser.query('GRANT switchyard_platform TO switchyard_owner WITH INHERIT FALSE, SET TRUE');
  await superuser.query(`ALTER ROLE switchyard_app SET statement_timeout = '15s'`);
  await superuser.query(`ALTER ROLE switchyard_app SET lock_timeout = '3s'`);
  await superuser.query(`ALTER ROLE switchyard_app SET idle_in_transaction_session_timeout = '10s'`);
}

/** A database that switchyard_owner owns and in which only switchyard_app may also connect. */
export async function createDatabase(superuser: Client, name: string, template?: string): Promise<void> {
  const id = superuser.escapeIdentifier(name);
  await superuser.query(
    `CREATE DATABASE ${id} OWNER switchyard_owner${template ? ` TEMPLATE ${superuser.escapeIdentifier(template)}` : ''}`,
  );
  await superuser.query(`REVOKE ALL ON DATABASE ${id} FROM PUBLIC`);
  await superuser.query(`GRANT CONNECT ON DATABASE ${id} TO switchyard_app`);
}
