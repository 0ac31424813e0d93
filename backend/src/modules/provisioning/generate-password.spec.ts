import { generatePassword } from './generate-password.js';

describe('a generated password', () => {
  it('has every kind of character that HighLevel demands, is long, and is never the same', () => {
    const passwords = Array.from({ length: 500 }, () => generatePassword().reveal());
    expect(new Set(passwords).size).toBe(500);
    for (const password of passwords) {
      expect(password).toHaveLength(20);
      for (const kind of [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z0-9]/]) expect(password).toMatch(kind);
    }
  });
  it('is not shown when it is printed', () => {
    const password = generatePassword();
    expect(`${String(password)} ${JSON.stringify({ password })}`).not.toContain(password.reveal());
  });
});
