import type { INestApplicationContext } from '@nestjs/common';
import { MigrationState } from '../modules/health/index.js';
import { StartRefused } from './running-process.js';

/** A process does not run on a database that is behind it: half of its statements would fail. */
export async function refuseOldDatabase(app: INestApplicationContext): Promise<void> {
  const missing = await app.get(MigrationState).missing().catch(notMigratedAtAll);
  if (missing.length > 0)
    throw new StartRefused(`The database lacks ${missing.join(', ')}. Run \`switchyard migrate\` first.`);
}

function notMigratedAtAll(error: unknown): string[] {
  const { code } = ((error as { driverError?: { code?: string } }).driverError ?? {}) as { code?: string };
  if (code === '42P01' || code === '42501') return ['all migrations, or the right to read them'];
  throw error;
}
