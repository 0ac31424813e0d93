import { batchFields, type ColumnMapping } from './batches.schema.js';

export type Target = string;
export interface MappedColumn {
  name: string;
  target: Target | null;
  mappedBy: 'header' | 'person' | null;
}

/** How people name these columns. Letters and digits only, in lower case. */
const synonyms: Record<string, readonly string[]> = {
  name: [
    ...['name', 'businessname', 'business', 'company', 'companyname', 'account', 'accountname', 'client'],
    ...[
      'clientname',
      'customer',
      'customername',
      'organization',
      'organisation',
      'locationname',
      'subaccount',
      'subaccountname',
    ],
  ],
  email: [
    'email',
    'emailaddress',
    'mail',
    'businessemail',
    'companyemail',
    'contactemail',
    'owneremail',
    'primaryemail',
  ],
  phone: [
    ...['phone', 'phonenumber', 'telephone', 'tel', 'mobile', 'cell', 'businessphone', 'companyphone', 'contactphone'],
    ...['primaryphone', 'mobilephone'],
  ],
  contactFirstName: ['contactfirstname', 'firstname', 'ownerfirstname', 'first', 'givenname'],
  contactLastName: ['contactlastname', 'lastname', 'ownerlastname', 'last', 'surname', 'familyname'],
  address: ['address', 'street', 'streetaddress', 'address1', 'addressline1', 'businessaddress'],
  city: ['city', 'town', 'locality'],
  state: ['state', 'province', 'region', 'stateprovince', 'county'],
  postalCode: ['postalcode', 'zip', 'zipcode', 'postcode', 'postal', 'zippostalcode'],
  country: ['country', 'countrycode', 'countryname'],
  website: ['website', 'web', 'url', 'site', 'domain', 'homepage', 'websiteurl', 'companywebsite'],
  timezone: ['timezone', 'tz'],
  industry: ['industry', 'vertical', 'niche', 'category', 'businesstype', 'sector'],
  description: ['description', 'about', 'notes', 'businessdescription'],
  services: ['services', 'service', 'servicesoffered', 'offerings'],
  goals: ['goals', 'goal', 'objectives'],
  snapshot: ['snapshot', 'snapshotid', 'snapshotname', 'template'],
};

const userWords: Record<string, string> = {
  email: 'email',
  emailaddress: 'email',
  firstname: 'firstName',
  lastname: 'lastName',
  name: 'name',
  fullname: 'name',
  role: 'role',
  type: 'type',
};

const byWord = new Map(Object.entries(synonyms).flatMap(([field, words]) => words.map((word) => [word, field])));
const wordOf = (header: string) => header.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

/** What a header says by itself; a field of our own name wins. */
export function targetOf(header: string): Target | null {
  const own = batchFields.find((field) => field === header);
  if (own) return own;
  const value = /^\s*(?:cv|value|custom value|custom_value)\s*:\s*(.*\S)\s*$/i.exec(header);
  if (value) return `value:${value[1]}`.slice(0, 206);
  const person = /^user(10|[1-9])?(\D.*)$/.exec(wordOf(header));
  const field = person && userWords[person[2]];
  if (field) return `user:${person[1] ?? '1'}:${field}`;
  return byWord.get(wordOf(header)) ?? null;
}

/** The columns that the file of bad rows adds. */
export const reasonColumn = 'Switchyard: what to correct';
export const lineColumn = 'Switchyard: line';
export const isOwnColumn = (name: string) => name === reasonColumn || name === lineColumn;

/** A person's word first; of several columns that seem to be the same thing, the first is. */
export function mapColumns(columns: readonly string[], mapping: ColumnMapping): MappedColumn[] {
  const taken = new Set<Target>(Object.values(mapping).filter((target) => target !== 'ignore'));
  return columns.map((name) => {
    if (Object.hasOwn(mapping, name)) return { name, target: mapping[name], mappedBy: 'person' };
    const target = targetOf(name);
    if (target === null || taken.has(target)) return { name, target: null, mappedBy: null };
    taken.add(target);
    return { name, target, mappedBy: 'header' };
  });
}

/** Without these no row can be a business. */
export const missingFields = (columns: readonly MappedColumn[]) =>
  ['name', 'email'].filter((field) => !columns.some(({ target }) => target === field));

/** A first line in which nothing names a column, and something is an e-mail address, a phone number or a web address. */
export const looksLikeData = (record: readonly string[]) =>
  record.every((cell) => targetOf(cell) === null) &&
  record.some((cell) => /^\s*(\S+@\S+\.\S+|\+?[\d\s().-]{7,}|https?:\/\/\S+)\s*$/.test(cell));
