import { valuesToWrite } from './values-to-write.js';

const live = [
  { id: '1', name: 'Business Name', value: '' },
  { id: '2', name: 'Phone', value: '+1' },
  { id: '3', name: 'business name', value: 'twin' },
];

describe('valuesToWrite', () => {
  it('writes into the value that the snapshot brought, by name or by the key made of it', () => {
    expect(valuesToWrite([{ name: 'business_name', value: 'Ace' }], live)).toEqual([
      { name: 'Business Name', value: 'Ace', id: '1', was: '' },
    ]);
  });
  it('makes what is missing and leaves alone what is right', () => {
    expect(
      valuesToWrite(
        [
          { name: 'Fax', value: '9' },
          { name: 'Phone', value: '+1' },
        ],
        live,
      ),
    ).toEqual([{ name: 'Fax', value: '9' }]);
  });
  it('does not make an empty value, but empties one that is there', () => {
    const empty = ['Fax', 'Phone'].map((name) => ({ name, value: '' }));
    expect(valuesToWrite(empty, live)).toEqual([{ name: 'Phone', value: '', id: '2', was: '+1' }]);
  });
  it('has nothing to do a second time', () => {
    expect(valuesToWrite([{ name: 'Phone', value: '+1' }], live)).toEqual([]);
  });
});
