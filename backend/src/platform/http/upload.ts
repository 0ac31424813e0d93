import { applyDecorators, UnsupportedMediaTypeException } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { decodeCsv } from './decode-csv.js';

interface UploadRoute {
  uploadBytes?: number;
  bodyBytes?: number;
}

/** The route takes a JSON body of so many bytes. */
export const AcceptsLongBody = (bodyBytes: number) => RouteConfig({ bodyBytes } satisfies UploadRoute);

/** The route takes a body of so many bytes: JSON, or a CSV file as it is, which arrives as `{ csv, encoding }`. */
export const AcceptsUpload = (uploadBytes: number) =>
  applyDecorators(RouteConfig({ uploadBytes } satisfies UploadRoute), ApiConsumes('application/json', 'text/csv'));

/** Before routes are made: each keeps the common limit unless it says otherwise. */
export function allowUploads(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const { uploadBytes, bodyBytes } = (route.config ?? {}) as UploadRoute;
    if (uploadBytes ?? bodyBytes) route.bodyLimit = uploadBytes ?? bodyBytes;
  });
}

/** text/csv is read for routes that accept uploads, and refused everywhere else before a byte of it is kept. */
export function acceptCsv(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.addHook('preParsing', async (request) => {
    const { uploadBytes } = request.routeOptions.config as UploadRoute;
    if (!uploadBytes && isCsv(request.headers['content-type'])) throw new UnsupportedMediaTypeException();
  });
  app.useBodyParser('text/csv', {}, (_request, body, done) => {
    try {
      done(null, decodeCsv(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

const isCsv = (type: string | undefined) => /^text\/csv\b/i.test(type ?? '');
