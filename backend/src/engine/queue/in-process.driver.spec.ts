import { InProcessDriver } from './in-process.driver.js';
import { describeQueueContract } from './queue.contract.js';

describeQueueContract('in-process', async () => new InProcessDriver());
