import { z } from 'zod';

type Definitions = Record<string, unknown>;
interface Converted {
  schema: unknown;
  components: Definitions;
}

/**
 * zod as JSON Schema 2020-12, which is what OpenAPI 3.1 speaks. A schema that differs between what is sent and what
 * is answered, because of defaults, becomes a second component, named for its direction.
 */
export function jsonSchemas() {
  const known = new Map<string, string>();
  return (schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }): Converted | undefined => {
    if (!(schema instanceof z.ZodType)) return undefined;
    const {
      $schema,
      $defs = {},
      ...root
    } = z.toJSONSchema(schema, { io: schemaType, unrepresentable: 'any', override: keepReadable });
    const renamed = whichDiffer($defs, known);
    const suffix = schemaType === 'input' ? 'Input' : 'Output';
    const rename = (id: string) => (renamed.has(id) ? `${id}${suffix}` : id);
    for (const [id, definition] of Object.entries($defs))
      if (!renamed.has(id)) known.set(id, JSON.stringify(definition));
    return {
      schema: withRefs(root, rename),
      components: Object.fromEntries(
        Object.entries($defs).map(([id, definition]) => [rename(id), withRefs(definition, rename)]),
      ),
    };
  };
}

/** Those that are known in another form, and those that refer to one. */
function whichDiffer(definitions: Definitions, known: ReadonlyMap<string, string>): Set<string> {
  const texts = Object.entries(definitions).map(([id, definition]) => [id, JSON.stringify(definition)] as const);
  const differing = new Set(texts.filter(([id, text]) => known.has(id) && known.get(id) !== text).map(([id]) => id));
  for (let before = -1; before < differing.size;) {
    before = differing.size;
    for (const [id, text] of texts)
      if ([...text.matchAll(refPattern)].some(([, target]) => differing.has(target))) differing.add(id);
  }
  return differing;
}

const refPattern = /"\$ref":"#\/\$defs\/([^"]+)"/g;

function withRefs(value: unknown, rename: (id: string) => string): unknown {
  return JSON.parse(
    JSON.stringify(value).replace(refPattern, (_match, id: string) => `"$ref":"#/$defs/${rename(id)}"`),
  );
}

/** A named format says the same as zod's long pattern for it. */
function keepReadable({ jsonSchema }: { jsonSchema: { format?: string; pattern?: string } }): void {
  if (jsonSchema.format) delete jsonSchema.pattern;
}
