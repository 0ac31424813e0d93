import { z } from 'zod';
import { jsonSchemas } from './json-schemas.js';

const Inner = z.object({ kind: z.string().default('x') }).meta({ id: 'Inner' });
const Outer = z.object({ inner: Inner, at: z.iso.datetime() }).meta({ id: 'Outer' });

it('names components and leaves long patterns out', () => {
  const converted = jsonSchemas()(Outer, { schemaType: 'output' })!;
  expect(converted.schema).toEqual({ $ref: '#/$defs/Outer' });
  expect(converted.components.Outer).toMatchObject({
    properties: { at: { type: 'string', format: 'date-time' } },
    additionalProperties: false,
  });
  expect(JSON.stringify(converted)).not.toContain('pattern');
});

it('makes a second component where sending and answering differ, and only there', () => {
  const convert = jsonSchemas();
  convert(Outer, { schemaType: 'output' });
  const sent = convert(Outer, { schemaType: 'input' })!;
  expect(sent.schema).toEqual({ $ref: '#/$defs/OuterInput' });
  expect(Object.keys(sent.components).sort()).toEqual(['InnerInput', 'OuterInput']);
  expect(sent.components.OuterInput).toMatchObject({ properties: { inner: { $ref: '#/$defs/InnerInput' } } });
  expect(convert(z.strictObject({ a: z.string() }).meta({ id: 'Same' }), { schemaType: 'input' })!.schema).toEqual({
    $ref: '#/$defs/Same',
  });
});
