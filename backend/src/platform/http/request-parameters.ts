import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors/index.js';
import type { Principal } from './principal.js';

/** The caller's name for this request, so that sending it twice acts once; undefined when none was sent. */
export type Key = string | undefined;

const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>();

function principalOf(context: ExecutionContext): Principal {
  const { principal } = requestOf(context);
  if (!principal) throw new AppError('bug', 'route-without-principal', 'A public route asked who is calling.');
  return principal;
}

/** The caller as a Principal: `@By() by: Principal`. */
export const By = createParamDecorator((_: unknown, context: ExecutionContext) => principalOf(context));

/** The caller's agency: `@Tenant() tenant: TenantId`. */
export const Tenant = createParamDecorator((_: unknown, context: ExecutionContext) => principalOf(context).tenant);

const documentsHeader: ParameterDecorator = (target, name) => {
  const descriptor = Object.getOwnPropertyDescriptor(target, name as PropertyKey)!;
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Names this request: the same key and body act once and get the same answer, for at least 48 hours.',
    schema: { type: 'string', minLength: 1, maxLength: 200 },
  })(target, name as string, descriptor);
};

/** The `Idempotency-Key` header: `@IdempotencyKey() key: Key`. */
export const IdempotencyKey = createParamDecorator(
  (_: unknown, context: ExecutionContext) => readIdempotencyKey(requestOf(context).headers['idempotency-key']),
  [documentsHeader],
);

export function readIdempotencyKey(header: string | string[] | undefined): Key {
  if (
    header === undefined ||
    (typeof header === 'string' && /^[\x21-\x7e]([\x20-\x7e]{0,198}[\x21-\x7e])?$/.test(header))
  )
    return header as Key;
  throw new AppError(
    'validation',
    'idempotency-key-malformed',
    'The Idempotency-Key header must have 1 to 200 printable ASCII characters.',
  );
}
