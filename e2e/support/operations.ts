import type { OpenAPIObject } from '@nestjs/swagger';

type Schema = Record<string, unknown>;

/** One operation of the OpenAPI document. */
export interface Operation {
  id: string;
  verb: string;
  path: string;
  parameters: { name: string; in: string; required?: boolean; schema?: Schema }[];
  body?: Schema;
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
  changes: boolean;
}

const verbs = ['get', 'post', 'put', 'patch', 'delete'] as const;

export function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    verbs.flatMap((verb) => {
      const operation = item[verb];
      if (!operation) return [];
      const body = operation.requestBody as { content?: Record<string, { schema?: Schema }> } | undefined;
      return {
        id: operation.operationId!,
        verb: verb.toUpperCase(),
        path,
        parameters: (operation.parameters ?? []) as Operation['parameters'],
        body: body?.content?.['application/json']?.schema,
        responses: operation.responses as Operation['responses'],
        changes: verb !== 'get',
      };
    }),
  );
}

/** The address with these values in place of its parameters. */
export const fill = (path: string, values: Record<string, string>) =>
  path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(values[name]));
