import { canonicalJson, sha256Hex } from './canonical-json.js';

it('gives equal text for equal values', () => {
  expect(canonicalJson({ b: [1, { z: null, a: 'x' }], a: undefined, c: new Date(0) })).toBe(
    '{"b":[1,{"a":"x","z":null}],"c":"1970-01-01T00:00:00.000Z"}',
  );
  expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }));
  expect(canonicalJson(undefined)).toBe('null');
});

it('keeps a property that is called __proto__', () => {
  expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"x":1}}'))).toBe('{"__proto__":{"x":1},"b":1}');
});

it('hashes text', () => {
  expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});
