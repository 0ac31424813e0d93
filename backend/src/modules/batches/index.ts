export { BatchDecisions } from './batch-decisions.js';
export { BatchChanges } from './batch-changes.js';
export { BatchChangesModule } from './batch-changes.module.js';
export { BatchExports } from './batch-exports.js';
export { BatchViews } from './batch-views.js';
export { BatchesModule } from './batches.module.js';
export { BatchesService } from './batches.service.js';
