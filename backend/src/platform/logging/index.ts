export * from './create-log.js';
export * from './log.js';
export * from './log-context.js';
export * from './nest-log.js';
export { redact, redactText } from './redact.js';
