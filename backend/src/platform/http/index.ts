/** What modules use. The mains and tests take setup-app, adapter and openapi from their files. */
export * from './allow.decorator.js';
export * from './canonical-json.js';
export * from './page-cursor.js';
export * from './page.schema.js';
export * from './permissions.js';
export * from './principal.js';
export * from './problem.schema.js';
export * from './request-context.js';
export * from './request-parameters.js';
export * from './returns.decorator.js';
export * from './drain.js';
export * from './idempotency.js';
export type { RouteInfo } from './route-list.js';
export { Unlimited } from './request-limit.js';
export { AcceptsLongBody, AcceptsUpload } from './upload.js';
export { type CsvEncoding, decodeCsv } from './decode-csv.js';
