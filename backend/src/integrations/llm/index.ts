export * from './chat.port.js';
export { ChatClient } from './chat.client.js';
export type { ChatClientOptions } from './chat.client.js';
export { LlmModule } from './llm.module.js';
export { startChatSimulator } from './chat.simulator.js';
export type { ChatSimulator } from './chat.simulator.js';
