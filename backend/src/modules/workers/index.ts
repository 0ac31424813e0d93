export { QueuesService } from './queues.service.js';
export { WorkersModule } from './workers.module.js';
