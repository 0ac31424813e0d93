import type { INestApplicationContext } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { RingKeys } from '../platform/crypto/index.js';
import { Drain } from '../platform/http/index.js';
import type { Log } from '../platform/logging/index.js';

const LOOK_AGAIN_MS = 1_000;

/** A worker that cannot open the secrets of its runs would only fail them: others carry them until its list is complete. */
export async function awaitKeys(app: INestApplicationContext, log: Log): Promise<'complete' | 'stopping'> {
  const [ringKeys, clock, drain] = [app.get(RingKeys), app.get(Clock), app.get(Drain)];
  for (let told = ''; !drain.isDraining; await clock.sleep(LOOK_AGAIN_MS)) {
    const kids = await ringKeys.missing();
    if (kids.length === 0) return 'complete';
    if (told !== kids.join()) log.error('VAULT_KEYS is not complete; this worker carries nothing yet', { kids });
    told = kids.join();
  }
  return 'stopping';
}
