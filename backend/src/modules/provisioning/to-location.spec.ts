import { looksMadeFor } from './find-location.js';
import { businessKey, differencesOf, toNewLocation } from './to-location.js';

const business = {
  name: 'Ace  Dental',
  email: 'Info@Ace.example',
  phone: '+14155550100',
  website: 'https://ace.example/',
};
const live = {
  id: 'l1',
  companyId: 'c1',
  name: 'Ace Dental',
  email: 'info@ace.example',
  phone: '+1 (415) 555-0100',
  website: 'https://ACE.example',
};

describe('a business as a sub-account', () => {
  it('has a contact person, whom HighLevel demands with two names', () => {
    expect(toNewLocation(business).prospect).toEqual({
      firstName: 'Ace  Dental',
      lastName: 'Team',
      email: 'Info@Ace.example',
    });
    const named = { ...business, contactFirstName: 'Eve', contactLastName: 'Lee' };
    expect(toNewLocation(named).prospect).toMatchObject({ firstName: 'Eve', lastName: 'Lee' });
  });
  it('does not differ by case of the e-mail, signs of the phone, blanks or the slash of the website', () => {
    expect(differencesOf(business, live)).toEqual([]);
  });
  it('differs where a value is another one or missing, and not where the business leaves it open', () => {
    expect(
      differencesOf({ ...business, city: 'Austin', state: 'TX' }, { ...live, city: 'Dallas', country: 'US' }),
    ).toEqual([
      { field: 'city', from: 'Dallas', to: 'Austin' },
      { field: 'state', from: null, to: 'TX' },
    ]);
  });
  it('looks made for it when the name is the same and nothing that both have differs', () => {
    expect(looksMadeFor(business, live)).toBe(true);
    expect(looksMadeFor(business, { id: 'l2', companyId: 'c1', name: 'ACE dental' })).toBe(true);
    expect(looksMadeFor(business, { ...live, phone: '+14155550199' })).toBe(false);
    expect(looksMadeFor(business, { ...live, name: 'Ace Dental 2' })).toBe(false);
  });
  it('is the same business however it is written', () => {
    expect(businessKey('c', business)).toBe(businessKey('c', { name: 'ace dental ', email: ' info@ace.example' }));
    expect(businessKey('c', business)).not.toBe(businessKey('d', business));
  });
});
