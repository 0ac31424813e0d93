import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import { AppError } from '../errors/index.js';
import { BODY_LIMIT } from './adapter.js';

const MAX_DEPTH = 32;

/** Bodies are JSON, or CSV where a route says so: what a plain HTML form can send is refused, so that no other site's form is understood. */
export function acceptJsonOnly(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const parse = fastify.getDefaultJsonParser('error', 'error');
  app.useBodyParser('application/json', { bodyLimit: BODY_LIMIT }, (request, body, done) => {
    const bytes = body as Buffer;
    if (deeperThan(bytes, MAX_DEPTH))
      return done(
        new AppError('validation', 'json-too-deep', `The body may be nested at most ${MAX_DEPTH} levels deep.`),
      );
    void parse(request as never, bytes.toString('utf8'), done as never);
  });
  app.useBodyParser('application/x-www-form-urlencoded', {}, (_request, _body, done) =>
    done(new UnsupportedMediaTypeException()),
  );
  fastify.removeContentTypeParser('text/plain');
}

/** Looks at the raw text, before any of it becomes objects, and stops at the limit. */
export function deeperThan(json: Buffer, max: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < json.length; index++) {
    const byte = json[index];
    if (inString) {
      if (byte === 0x5c) index++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > max) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}
