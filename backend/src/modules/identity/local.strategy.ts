import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-local';
import { Secret } from '../../platform/crypto/index.js';
import { type SignedIn, SignInService } from './sign-in.service.js';

@Injectable()
export class LocalStrategy extends PassportStrategy(Strategy, 'local') {
  constructor(private readonly signIns: SignInService) {
    super({ usernameField: 'email', passReqToCallback: true });
  }

  async validate(request: { ip: string }, email: string, password: string): Promise<SignedIn> {
    return this.signIns.byPassword(email, new Secret(password), request.ip);
  }
}
