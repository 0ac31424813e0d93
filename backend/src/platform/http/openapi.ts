import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { jsonSchemas } from './json-schemas.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The OpenAPI 3.1 document of the running routes; docs/openapi.json and the console's client are made from it. */
export function createDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Switchyard')
    .setDescription('Plan, approve, run, resume, undo, prove and watch every change an agency makes on HighLevel.')
    .setVersion('1')
    .addCookieAuth(
      'session',
      {
        type: 'apiKey',
        in: 'cookie',
        name: 'session',
        description: 'Set by POST /api/session. Named __Host-session over https.',
      },
      'session',
    )
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'An API key: `Authorization: Bearer sw_…`' },
      'api-key',
    )
    .addSecurityRequirements('session')
    .addSecurityRequirements('api-key')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
    standardSchemaConverter: jsonSchemas(),
  });
  return withFiles(withProblemType(document));
}

/** A file that is sent as it is has no fields. */
function withFiles(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths)) {
    const { content } = (path.post?.requestBody ?? {}) as { content?: Record<string, object> };
    if (content?.['text/csv']) content['text/csv'] = { schema: { type: 'string', format: 'binary' } };
  }
  return document;
}

/** Problems have a media type of their own. */
function withProblemType(document: OpenAPIObject): OpenAPIObject {
  const operations = Object.values(document.paths).flatMap((path) => methods.flatMap((method) => path[method] ?? []));
  for (const { responses } of operations) {
    const { content } = (responses.default ?? {}) as { content?: Record<string, object> };
    if (content?.['application/json'])
      Object.assign(responses.default!, { content: { 'application/problem+json': content['application/json'] } });
  }
  return document;
}

/** The document at /api/openapi.json and a page to read it at /api/docs. */
export function serveDocument(app: INestApplication): void {
  SwaggerModule.setup('api/docs', app, () => createDocument(app), {
    jsonDocumentUrl: 'api/openapi.json',
    raw: ['json'],
  });
}
