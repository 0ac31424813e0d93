import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TenancyModule } from '../tenancy/index.js';
import { AccessChanges } from './access-changes.js';
import { AccessGuard } from './access.guard.js';
import { ActorNames } from './actor-names.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeyStrategy } from './api-key.strategy.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuthenticationService } from './authentication.service.js';
import { FirstAdminService } from './first-admin.service.js';
import { LocalStrategy } from './local.strategy.js';
import { LoginThrottle } from './login-throttle.js';
import { SessionCookie } from './session-cookie.js';
import { SessionController } from './session.controller.js';
import { Session } from './session.entity.js';
import { SessionStrategy } from './session.strategy.js';
import { SessionsService } from './sessions.service.js';
import { SignInLink } from './sign-in-link.entity.js';
import { SignInLinksService } from './sign-in-links.service.js';
import { SignInService } from './sign-in.service.js';
import { User } from './user.entity.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

const forOthers = [
  AccessChanges,
  ActorNames,
  ApiKeysService,
  AuthenticationService,
  FirstAdminService,
  SignInLinksService,
  UsersService,
];

/**
 * Owns: users, sessions, api_keys, sign_in_links, login_throttle.
 * In: credentials. Out: a Principal on every request, or a refusal.
 */
@Module({
  imports: [PassportModule, TypeOrmModule.forFeature([User, Session, ApiKey, SignInLink]), TenancyModule],
  controllers: [SessionController, UsersController, ApiKeysController],
  providers: [
    ...forOthers,
    LoginThrottle,
    SessionCookie,
    SessionsService,
    SignInService,
    LocalStrategy,
    SessionStrategy,
    ApiKeyStrategy,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: forOthers,
})
export class IdentityModule {}
