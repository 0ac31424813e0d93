import { randomUUID } from 'node:crypto';
import { BatchDefaults } from './batches.schema.js';
import { mapColumns } from './map-columns.js';
import { readRow } from './read-row.js';

const connectionId = randomUUID();
const snapshots = [
  { id: 'snap-dental', name: 'Dental Pro', gone: false },
  { id: 'snap-old', name: 'Old one', gone: true },
];

function reading(row: Record<string, string>, defaults: Partial<BatchDefaults> = {}) {
  const whole = { Name: 'Acme', Email: 'a@b.example', ...row };
  const layout = {
    ...{ connectionId, snapshots, columns: mapColumns(Object.keys(whole), {}) },
    defaults: { ...BatchDefaults.parse({ snapshot: 'none' }), ...defaults },
  };
  return readRow(layout, Object.values(whole));
}
const told = (row: Record<string, string>, defaults: Partial<BatchDefaults> = {}) =>
  reading(row, defaults).issues.map(({ severity, code, column, suggestion }) => [severity, code, column, suggestion]);

it('becomes the request that a single provisioning would be', () => {
  const { request, issues } = reading(
    {
      'value:Promo': ' 10 % ',
      'User email': 'ann@b.example',
      'User name': 'Ann van Lee',
      'User role': 'Admin',
      Zip: '78701',
    },
    {
      country: 'US',
      customValues: [
        { name: 'promo', value: 'old' },
        { name: 'Hours', value: '9–5' },
      ],
    },
  );
  expect(issues).toEqual([]);
  expect(request).toEqual({
    ...{ connectionId, snapshot: 'none', existing: 'refuse' },
    business: { name: 'Acme', email: 'a@b.example', country: 'US', postalCode: '78701' },
    customValues: [
      { name: 'Promo', value: ' 10 % ' },
      { name: 'Hours', value: '9–5' },
    ],
    users: [{ firstName: 'Ann van', lastName: 'Lee', email: 'ann@b.example', role: 'admin', type: 'account' }],
  });
});

it('takes services from one cell, and goals, for the choice of the snapshot', () => {
  const { request, issues } = reading({ Services: 'Roof repair; Gutters ;; Siding', Goals: 'More reviews' });
  expect([request?.business.services, request?.business.goals]).toEqual([
    ['Roof repair', 'Gutters', 'Siding'],
    'More reviews',
  ]);
  expect(issues).toEqual([]);
  expect(reading({ Services: 'Crowns, cleanings' }).request?.business.services).toEqual(['Crowns', 'cleanings']);
  expect(told({ Services: 'x'.repeat(201) })).toEqual([['problem', 'invalid', 'Services', null]]);
});

it('is told which column is wrong, and what was meant', () => {
  expect(told({ Phone: '(512) 555-0100', Country: 'USA' })).toEqual([
    ['problem', 'did-you-mean', 'Country', 'US'],
    ['problem', 'did-you-mean', 'Phone', '+15125550100'],
  ]);
  expect(told({ 'Time zone': 'Central Time' })).toEqual([['problem', 'did-you-mean', 'Time zone', 'America/Chicago']]);
  expect(told({ 'Time zone': 'Chicgo' })).toEqual([['problem', 'invalid', 'Time zone', null]]);
  expect(told({ Website: 'acme.example' })).toEqual([['problem', 'did-you-mean', 'Website', 'https://acme.example']]);
  expect(told({ Email: 'Acme <a@b.example>' })).toEqual([['problem', 'did-you-mean', 'Email', 'a@b.example']]);
  expect(told({ Email: '' })).toEqual([['problem', 'invalid', 'Email', null]]);
  expect(told({ Snapshot: 'dentl pro' })).toEqual([['problem', 'snapshot-unknown', 'Snapshot', 'Dental Pro']]);
  expect(told({ Snapshot: 'Old one' })).toEqual([['problem', 'snapshot-unknown', 'Snapshot', null]]);
  expect(told({ 'User email': 'nobody' })).toMatchObject([
    ['problem', 'invalid', null, null],
    ['problem', 'invalid', null, null],
    ['problem', 'invalid', 'User email', null],
  ]);
});

it('is corrected where that was asked for, and says so', () => {
  const { request, issues } = reading({ Phone: '0512 5550100', Country: 'germany' }, { corrections: 'apply' });
  expect(request!.business).toMatchObject({ phone: '+495125550100', country: 'DE' });
  expect(issues.map(({ severity, code }) => [severity, code])).toEqual([
    ['warning', 'corrected'],
    ['warning', 'corrected'],
  ]);
});

it('is not told of signs in a number or letters of a code that mean the same', () => {
  const { request, issues } = reading({ Phone: '+1 (512) 555-0100', Country: 'us' });
  expect([issues, request!.business.phone, request!.business.country]).toEqual([[], '+15125550100', 'US']);
});

it('names a snapshot by its name or its id', () => {
  for (const cell of ['dental pro', 'snap-dental'])
    expect(reading({ Snapshot: cell }).request!.snapshot).toEqual({ id: 'snap-dental' });
});

it('with more cells than columns is refused', () => {
  const columns = mapColumns(['Name', 'Email'], {});
  const layout = { connectionId, snapshots, columns, defaults: BatchDefaults.parse({ snapshot: 'none' }) };
  expect(readRow(layout, ['Acme', 'a@b.example', 'x']).issues).toMatchObject([{ code: 'too-many-cells' }]);
});
