import { labelOf, targetsFor } from './column-targets';

const targetsOf = (column: { name: string; target: string | null }) =>
  targetsFor(column).flatMap(({ targets }) => targets.map(({ target }) => target));

describe('what a column can be', () => {
  it('offers the custom value of the column’s own name', () => {
    expect(targetsOf({ name: 'Booking Link', target: null })).toContain('value:Booking Link');
  });

  it('keeps what it is among the offers, also when nobody would offer it', () => {
    expect(targetsOf({ name: 'Link', target: 'value:Another Name' })).toContain('value:Another Name');
    expect(targetsOf({ name: 'Helper', target: 'user:9:email' })).toContain('user:9:email');
  });

  it('offers nothing twice', () => {
    const targets = targetsOf({ name: 'Email', target: 'email' });
    expect(new Set(targets).size).toBe(targets.length);
  });

  it('says what each is in words', () => {
    expect(labelOf('user:2:firstName')).toBe('Person 2: first name');
    expect(labelOf('value:Booking Link')).toBe('Custom value Booking Link');
    expect(labelOf('postalCode')).toBe('Postal code');
  });
});
