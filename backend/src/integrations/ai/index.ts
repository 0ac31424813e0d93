export * from './ai.port.js';
export { AiModule } from './ai.module.js';
