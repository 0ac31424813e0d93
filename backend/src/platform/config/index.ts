export * from './config.token.js';
export * from './load-config.js';
export { variables } from './variables.js';
