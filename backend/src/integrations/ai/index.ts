export * from './ai.port.js';
export { AiModule } from './ai.module.js';
export * from './catalogue-file.js';
export { gistOf } from './gist.js';
export { withoutOrders } from './instructions.js';
export { OfflineRanker } from './offline-ranker.js';
export { isTradeName } from './trade-name.js';
