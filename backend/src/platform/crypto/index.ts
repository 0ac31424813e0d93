export type { Place } from './cell.js';
export * from './key-ring.js';
export * from './passwords.js';
export * from './secret.js';
export * from './tokens.js';
export * from './vault.js';
