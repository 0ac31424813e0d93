import '@fastify/cookie';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../platform/config/index.js';
import type { Secret } from '../../platform/crypto/index.js';

/** What a sign-in gives to the browser, beside its answer. */
export interface OpenedSession<View> {
  token: Secret;
  expiresAt: Date;
  view: View;
}

/**
 * The cookie that carries a session. Lax, because the OAuth callback comes back from another site as a top-level
 * navigation and must know who started it; over https bound to this host alone.
 */
@Injectable()
export class SessionCookie {
  readonly name: string;
  private readonly options: { path: string; httpOnly: true; sameSite: 'lax'; secure: boolean };

  constructor(@Inject(CONFIG) config: Config) {
    const secure = config.publicUrl.startsWith('https:');
    this.name = secure ? '__Host-session' : 'session';
    this.options = { path: '/', httpOnly: true, sameSite: 'lax', secure };
  }

  read(request: FastifyRequest): string | undefined {
    return request.cookies?.[this.name];
  }

  hand<View>(reply: FastifyReply, { token, expiresAt, view }: OpenedSession<View>): View {
    reply.setCookie(this.name, token.reveal(), { ...this.options, expires: expiresAt });
    return view;
  }

  take(reply: FastifyReply): void {
    reply.clearCookie(this.name, this.options);
  }
}
