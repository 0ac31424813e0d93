import { Global, Module } from '@nestjs/common';
import { type Config, CONFIG } from '../../platform/config/index.js';
import { AppError } from '../../platform/errors/index.js';
import { ChatClient } from './chat.client.js';
import { type ChatAnswer, ChatPort } from './chat.port.js';

export const officialChatUrl = 'https://api.openai.com/v1';

/** No model is named: there is nobody to ask. */
export class NoChat extends ChatPort {
  readonly model = null;

  ask(): Promise<ChatAnswer<never>> {
    return Promise.reject(new AppError('conflict', 'chat-off', 'No model is configured. Set OPENAI_MODEL.'));
  }
}

export function chatOf(config: Config): ChatPort {
  const { OPENAI_MODEL: model, OPENAI_BASE_URL: baseUrl = officialChatUrl, OPENAI_API_KEY: apiKey } = config;
  if (!model) return new NoChat();
  const maxTokensParam =
    config.OPENAI_MAX_TOKENS_PARAM ?? (baseUrl === officialChatUrl ? 'max_completion_tokens' : 'max_tokens');
  return new ChatClient({ baseUrl, model, apiKey, maxTokensParam, structured: config.OPENAI_STRUCTURED });
}

@Global()
@Module({ providers: [{ provide: ChatPort, useFactory: chatOf, inject: [CONFIG] }], exports: [ChatPort] })
export class LlmModule {}
