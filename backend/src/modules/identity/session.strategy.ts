import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-custom';
import type { Principal } from '../../platform/http/index.js';
import { AuthenticationService } from './authentication.service.js';
import { SessionCookie } from './session-cookie.js';

/** The cookie speaks only when no key does: a caller that sends a bad key must not pass as somebody else. */
@Injectable()
export class SessionStrategy extends PassportStrategy(Strategy, 'session') {
  constructor(
    private readonly authentication: AuthenticationService,
    private readonly cookie: SessionCookie,
  ) {
    super();
  }

  async validate(request: FastifyRequest): Promise<Principal | undefined> {
    return request.headers.authorization === undefined
      ? this.authentication.bySession(this.cookie.read(request))
      : undefined;
  }
}
