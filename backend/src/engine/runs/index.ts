export { LiveRuns, type RunMoved } from './live-runs.js';
export { RunDecisions } from './run-decisions.js';
export { RunViews } from './run-views.js';
export { RunsService } from './runs.service.js';
export * from './saga.js';
export { SagaRegistry } from './saga-registry.js';
export { ENGINE_TIMES, type EngineTimes } from './engine-times.js';
export { markerFor } from './begin-run.js';
export { isListed } from './to-job-view.js';
