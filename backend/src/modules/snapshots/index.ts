export { type ChoiceMade, FeedbackService } from './feedback.service.js';
export { LoadsService } from './loads.service.js';
export { type Intake, Recommendation } from './recommendation.schema.js';
export { Recommender, type SnapshotShelf } from './recommender.js';
export { SnapshotsModule } from './snapshots.module.js';
export { SnapshotsService } from './snapshots.service.js';
