import { inspect } from 'node:util';
import { newApiKey, parseApiKey } from './api-key-format.js';

it('reads what it made, and prints none of it', () => {
  const made = newApiKey();
  const read = parseApiKey(made.key.reveal())!;
  expect([read.prefix, read.secret.reveal()]).toEqual([made.prefix, made.secret.reveal()]);
  expect(inspect(made) + JSON.stringify(made)).not.toContain(made.secret.reveal());
});

it('knows a mistyped key without looking it up', () => {
  const key = newApiKey().key.reveal();
  const mistyped = key.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  for (const text of [mistyped, key.slice(1), `${key}0`, key.toUpperCase(), 'sw_', ''])
    expect(parseApiKey(text)).toBeUndefined();
});
