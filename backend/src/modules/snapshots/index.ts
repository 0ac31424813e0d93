export { SnapshotsModule } from './snapshots.module.js';
export { type SnapshotShelf, SnapshotsService } from './snapshots.service.js';
