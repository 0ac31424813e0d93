import { fromDatabaseError } from '../platform/database/index.js';
import { StartRefused } from './running-process.js';

/** A database that cannot be reached or entered is a fault of the environment, and needs no stack. */
export function sayDatabaseAway(error: unknown): never {
  const { code = '', message } = error as Error & { code?: string };
  const refused = code.startsWith('28') || fromDatabaseError(error)?.code === 'database-unavailable';
  if (refused) throw new StartRefused(`The database of DATABASE_URL cannot be used: ${message}`, { cause: error });
  throw error;
}
