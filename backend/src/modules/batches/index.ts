export { BatchExports } from './batch-exports.js';
export { BatchViews } from './batch-views.js';
export { BatchesModule } from './batches.module.js';
export { BatchesService } from './batches.service.js';
