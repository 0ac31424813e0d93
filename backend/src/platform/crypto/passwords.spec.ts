import { hash } from '@node-rs/argon2';
import { limitParallel } from './limit-parallel.js';
import { Passwords } from './passwords.js';
import { Secret } from './secret.js';

const passwords = new Passwords();

it('hashes with argon2id and matches only the same password', async () => {
  const stored = await passwords.hash(new Secret('correct horse battery'));
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.matches(new Secret('correct horse battery'), stored)).toBe(true);
  expect(await passwords.matches(new Secret('correct horse batterz'), stored)).toBe(false);
  expect(await passwords.matchesNobody(new Secret('nobody has this password'))).toBe(false);
});

it('says which hashes were made with less', async () => {
  expect(passwords.isOutdated(await hash('x', { memoryCost: 8_192, timeCost: 2 }))).toBe(true);
  expect(passwords.isOutdated(await passwords.hash(new Secret('x')))).toBe(false);
});

it('works on a few at a time, in order, and refuses when the line is full', async () => {
  let running = 0;
  let most = 0;
  const inTurn = limitParallel(2, 3);
  const act = async () => {
    most = Math.max(most, ++running);
    await new Promise((done) => setTimeout(done, 5));
    running--;
    return 'done';
  };
  const results = await Promise.all(Array.from({ length: 7 }, () => inTurn(act)));
  expect(results).toEqual(['done', 'done', 'done', 'done', 'done', undefined, undefined]);
  expect(most).toBe(2);
  await expect(inTurn(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await inTurn(act)).toBe('done');
});
