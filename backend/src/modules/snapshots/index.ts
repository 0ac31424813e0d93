export { SnapshotsModule } from './snapshots.module.js';
export { SnapshotsService } from './snapshots.service.js';
