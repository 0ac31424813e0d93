import { Controller, Headers, Post, RawBody } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Public, Returns, Unlimited } from '../../platform/http/index.js';
import { WebhookReceipt } from './ghl-oauth.schema.js';
import { GhlWebhooks } from './ghl-webhooks.service.js';

@ApiTags('webhooks')
@Controller('webhooks/ghl')
export class GhlWebhooksController {
  constructor(private readonly webhooks: GhlWebhooks) {}

  @Post()
  @Unlimited('HighLevel sends in bursts, and gives up on receivers that refuse too often')
  @Public('HighLevel proves itself by its signature over the raw body')
  @Returns(200, WebhookReceipt)
  @ApiBody({ description: 'An event as HighLevel sends it', schema: { type: 'object', additionalProperties: true } })
  receiveGhlWebhook(@RawBody() rawBody: Buffer | undefined, @Headers('x-ghl-signature') signature: string | undefined) {
    return this.webhooks.receive(rawBody, signature);
  }
}
