import { applyDecorators, HttpCode, SerializeOptions, SetMetadata } from '@nestjs/common';
import { ApiDefaultResponse, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { Problem } from './problem.schema.js';

export const RETURNS = 'switchyard:returns';
/** What a route answers with when all is well. `why` says what stands in for a schema. */
export type Returned = { status: number } & (
  { schema: z.ZodType } | { nothing: true } | { contentType: string; why: string }
);

const documentsProblem = () =>
  ApiDefaultResponse({ description: 'A problem, with a stable code and what to do', standardSchema: Problem });

/** The answer has this status and this shape; what the schema does not name is left out. */
export const Returns = (status: number, schema: z.ZodType) =>
  applyDecorators(
    SetMetadata(RETURNS, { status, schema } satisfies Returned),
    HttpCode(status),
    SerializeOptions({ schema }),
    ApiResponse({ status, standardSchema: schema, description: '' }),
    documentsProblem(),
  );

/** 204: it is done, and there is nothing to say. */
export const ReturnsNothing = () =>
  applyDecorators(
    SetMetadata(RETURNS, { status: 204, nothing: true } satisfies Returned),
    HttpCode(204),
    ApiResponse({ status: 204, description: 'Done' }),
    documentsProblem(),
  );

/** The answer is not one JSON document, so nothing filters it; `why` says what keeps it safe. */
export const ReturnsStream = (contentType: string, why: string, status = 200) =>
  applyDecorators(
    SetMetadata(RETURNS, { status, contentType, why } satisfies Returned),
    HttpCode(status),
    ApiResponse({ status, description: why, content: { [contentType]: { schema: { type: 'string' } } } }),
    documentsProblem(),
  );
