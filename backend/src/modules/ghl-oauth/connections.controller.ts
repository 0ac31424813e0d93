import { Controller, Delete, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { TenantId } from '../../platform/database/index.js';
import {
  Allow,
  By,
  Id,
  type Principal,
  Returns,
  ReturnsNothing,
  ReturnsStream,
  Tenant,
} from '../../platform/http/index.js';
import { ConnectionsService } from './connections.service.js';
import { Connections, GhlConnectionView, OauthCallbackQuery, StartedConnection } from './ghl-oauth.schema.js';

@ApiTags('connections')
@Controller()
export class ConnectionsController {
  constructor(private readonly connections: ConnectionsService) {}

  @Get('connections')
  @Allow('connections.read')
  @Returns(200, Connections)
  listConnections(@Tenant() tenant: TenantId) {
    return this.connections.list(tenant);
  }

  @Post('connections/ghl')
  @Allow('connections.manage')
  @Returns(201, StartedConnection)
  startGhlConnection(@Tenant() tenant: TenantId, @By() by: Principal) {
    return this.connections.start(tenant, by);
  }

  @Post('connections/:id/check')
  @Allow('connections.manage')
  @Returns(200, GhlConnectionView)
  checkConnection(@Tenant() tenant: TenantId, @By() by: Principal, @Param('id', { schema: Id }) id: string) {
    return this.connections.check(tenant, by, id);
  }

  @Delete('connections/:id')
  @Allow('connections.manage')
  @ReturnsNothing()
  disconnect(@Tenant() tenant: TenantId, @By() by: Principal, @Param('id', { schema: Id }) id: string) {
    return this.connections.disconnect(tenant, by, id);
  }

  @Get('oauth/ghl/callback')
  @Allow('connections.manage')
  @ReturnsStream(
    'text/html',
    'A redirect to the console, which says how it went; holds nothing of what HighLevel sent',
    302,
  )
  async finishGhlConnection(
    @Tenant() tenant: TenantId,
    @By() by: Principal,
    @Query({ schema: OauthCallbackQuery }) query: OauthCallbackQuery,
    @Res() reply: FastifyReply,
  ) {
    return reply.redirect(await this.connections.finish(tenant, by, query), 302);
  }
}
