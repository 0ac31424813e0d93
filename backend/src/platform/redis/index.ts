export { RedisConnections } from './redis-connections.js';
export { RedisHealth } from './redis-health.js';
