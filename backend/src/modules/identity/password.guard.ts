import { createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { toFault } from '../../platform/http/schema.pipe.js';
import { SignIn } from './identity.schema.js';
import type { SignedIn } from './sign-in.service.js';

/** Runs the `local` strategy. Guards come before pipes, so the shape is checked here: a bad body is a 400, not a failed sign-in. */
@Injectable()
export class PasswordGuard extends AuthGuard('local') {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const read = SignIn.safeParse(request.body);
    if (!read.success) throw toFault(read.error.issues, 'body');
    request.body = read.data;
    return (await super.canActivate(context)) as boolean;
  }
}

/** What the strategy proved. */
export const ProvenBy = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<{ user: SignedIn }>().user,
);
