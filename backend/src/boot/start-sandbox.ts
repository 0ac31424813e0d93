import type { Config } from '../platform/config/index.js';
import { takeDataDir } from './data-dir.js';
import { freePort } from './free-port.js';
import { openLogs } from './open-logs.js';
import type { RunningProcess } from './running-process.js';
import { withPlace } from './sandbox-config.js';
import { startEmbedded } from './start-embedded.js';
import { startMessage } from './start-message.js';

/** Takes its directory and its port first, so that a second start is refused at once; then starts, and says where it is. */
export async function startSandbox(running: RunningProcess, given: Config, drainGiven: boolean): Promise<void> {
  const dataDir = takeDataDir(given.DATA_DIR);
  const port = await freePort(given.HOST, given.PORT);
  const logs = openLogs(dataDir, given.LOG_LEVEL);
  running.logTo(logs.log);
  const { config, wayIn } = await startEmbedded(running, withPlace(given, { port, dataDir, drainGiven }), logs);
  process.stdout.write(startMessage(config, wayIn, dataDir, performance.now()));
}
