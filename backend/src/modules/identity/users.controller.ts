import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { TenantId } from '../../platform/database/index.js';
import { Allow, By, Id, IdempotencyKey, type Key, type Principal, Returns, Tenant } from '../../platform/http/index.js';
import { ChangeUser, CreateUser, Users, UserView } from './identity.schema.js';
import { UsersService } from './users.service.js';

@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Allow('users.read')
  @Returns(200, Users)
  listUsers(@Tenant() tenant: TenantId) {
    return this.users.list(tenant);
  }

  @Post()
  @Allow('users.manage')
  @Returns(201, UserView)
  createUser(@By() by: Principal, @IdempotencyKey() key: Key, @Body({ schema: CreateUser }) body: CreateUser) {
    return this.users.createUser(by, body, key);
  }

  @Patch(':id')
  @Allow('users.manage')
  @Returns(200, UserView)
  changeUser(
    @By() by: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: ChangeUser }) body: ChangeUser,
  ) {
    return this.users.changeUser(by, id, body);
  }
}
