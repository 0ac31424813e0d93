export { HealthModule } from './health.module.js';
export { HealthService } from './health.service.js';
export { MigrationState } from './migration-state.js';
export { statusOf } from './status-of-report.js';
