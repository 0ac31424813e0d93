type Schema = Record<string, unknown>;

/** Words for the patterns that our schemas use. */
const words = ['en', 'US', '+14155550100', 'a'.repeat(64), 'America/Chicago', 'Acme', '2026-01-01T00:00:00.000Z'];
const formats: Record<string, unknown> = {
  email: 'ann@people.example',
  uuid: '01a1f8d0-1c6d-75a3-829b-1ac77f7fb786',
  uri: 'https://people.example',
  'date-time': '2026-01-01T00:00:00.000Z',
};

/** A value that fits the schema, with every property that it names: what a well-meaning caller would send. */
export function sampleOf(schema: Schema, components: Record<string, Schema>): unknown {
  const inner = (each: unknown) => sampleOf(each as Schema, components);
  if (typeof schema.$ref === 'string') return inner(components[schema.$ref.split('/').at(-1)!]);
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined && schema.type !== 'array') return schema.default;
  const choices = (schema.anyOf ?? schema.oneOf ?? schema.enum) as unknown[] | undefined;
  if (choices) return schema.enum ? choices[0] : inner(choices[0]);
  if (schema.type === 'object')
    return Object.fromEntries(
      Object.entries((schema.properties ?? {}) as Schema).map(([key, each]) => [key, inner(each)]),
    );
  if (schema.type === 'array') return [inner(schema.items)];
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1;
  if (schema.type === 'boolean') return true;
  if (schema.type === 'null') return null;
  return formats[schema.format as string] ?? text(schema);
}

function text({ pattern, minLength = 0 }: { pattern?: string; minLength?: number }): string {
  if (!pattern) return 'Acme'.padEnd(minLength, ' and more');
  const fitting = words.find((word) => new RegExp(pattern, 'u').test(word));
  if (fitting === undefined) throw new Error(`No word here fits the pattern ${pattern}. Add one.`);
  return fitting;
}
