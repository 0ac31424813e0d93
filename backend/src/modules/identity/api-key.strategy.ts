import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-custom';
import type { Principal } from '../../platform/http/index.js';
import { AuthenticationService } from './authentication.service.js';

@Injectable()
export class ApiKeyStrategy extends PassportStrategy(Strategy, 'api-key') {
  constructor(private readonly authentication: AuthenticationService) {
    super();
  }

  async validate(request: FastifyRequest): Promise<Principal | undefined> {
    return this.authentication.byApiKey(request.headers.authorization);
  }
}
