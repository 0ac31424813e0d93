import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { AuditTrail } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { type Permission, PERMISSION, type Principal, PUBLIC, requestContext } from '../../platform/http/index.js';

/** Stands before every route: who are you, and may you? A route that names no permission is closed. */
@Injectable()
export class AccessGuard extends AuthGuard(['api-key', 'session']) {
  constructor(
    private readonly reflector: Reflector,
    private readonly audit: AuditTrail,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true; // gateways authenticate the handshake, once for all messages
    const where = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<string | undefined>(PUBLIC, where)) return true;
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(PERMISSION, where);
    const principal = await this.authenticate(context);
    if (permission && principal.permissions.has(permission)) return true;
    throw await this.denial(principal, permission ?? 'a route without a permission');
  }

  override handleRequest<Found>(error: unknown, found: Found): Found {
    if (error) throw error;
    if (!found)
      throw new AppError('unauthenticated', 'unauthenticated', 'Sign in, or send an API key as a Bearer token.');
    return found;
  }

  private async authenticate(context: ExecutionContext): Promise<Principal> {
    await super.canActivate(context);
    const request = context.switchToHttp().getRequest<FastifyRequest & { user: Principal }>();
    const store = requestContext.getStore();
    if (store) store.principal = request.user;
    return (request.principal = request.user);
  }

  private async denial({ tenant, actor }: Principal, action: string): Promise<AppError> {
    await this.audit.recordAlone(tenant, { actor, action, outcome: 'denied' });
    return new AppError(
      'forbidden',
      'permission-missing',
      `Your role does not include "${action}". Ask an administrator.`,
    );
  }
}
