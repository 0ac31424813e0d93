import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { TenantId } from '../../platform/database/index.js';
import {
  Allow,
  By,
  Id,
  IdempotencyKey,
  type Key,
  type Principal,
  Returns,
  ReturnsNothing,
  Tenant,
} from '../../platform/http/index.js';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeys, CreateApiKey, CreatedApiKey } from './identity.schema.js';

@ApiTags('api-keys')
@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly apiKeys: ApiKeysService) {}

  @Get()
  @Allow('api-keys.manage')
  @Returns(200, ApiKeys)
  listApiKeys(@Tenant() tenant: TenantId) {
    return this.apiKeys.list(tenant);
  }

  @Post()
  @Allow('api-keys.manage')
  @Returns(201, CreatedApiKey)
  createApiKey(@By() by: Principal, @IdempotencyKey() key: Key, @Body({ schema: CreateApiKey }) body: CreateApiKey) {
    return this.apiKeys.createApiKey(by, body, key);
  }

  @Delete(':id')
  @Allow('api-keys.manage')
  @ReturnsNothing()
  revokeApiKey(@By() by: Principal, @Param('id', { schema: Id }) id: string) {
    return this.apiKeys.revokeApiKey(by, id);
  }
}
