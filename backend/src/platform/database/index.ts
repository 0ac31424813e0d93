export * from './database-errors.js';
export * from './data-source.js';
export * from './tenant-id.js';
export * from './transaction.js';
export * from './audit-trail.port.js';
