/** What a column of the file can be, in words. */
export interface TargetGroup {
  label: string;
  targets: { target: string; label: string }[];
}

const FIELDS: Record<string, string> = {
  name: 'Business name',
  email: 'Email',
  phone: 'Phone',
  contactFirstName: 'Contact, first name',
  contactLastName: 'Contact, last name',
  address: 'Address',
  city: 'City',
  state: 'State or region',
  postalCode: 'Postal code',
  country: 'Country',
  website: 'Website',
  timezone: 'Time zone',
  industry: 'Industry',
  description: 'Description',
  services: 'Services, separated by semicolons',
  goals: 'Goals',
  snapshot: 'Snapshot',
};

const PERSON: Record<string, string> = {
  name: 'name',
  firstName: 'first name',
  lastName: 'last name',
  email: 'email',
  role: 'role',
  type: 'type',
};

const offeredPeople = [1, 2, 3];

export function labelOf(target: string): string {
  const person = /^user:(\d+):(\w+)$/.exec(target);
  if (person) return `Person ${person[1]}: ${PERSON[person[2]] ?? person[2]}`;
  if (target.startsWith('value:')) return `Custom value ${target.slice('value:'.length)}`;
  return FIELDS[target] ?? target;
}

/** What this column may become; what it is now is always among it. */
export function targetsFor(column: { name: string; target: string | null }): TargetGroup[] {
  const option = (target: string) => ({ target, label: labelOf(target) });
  const value = `value:${column.name}`;
  const groups: TargetGroup[] = [
    { label: 'The business', targets: Object.keys(FIELDS).map(option) },
    { label: 'A custom value', targets: column.name.trim() ? [option(value)] : [] },
    {
      label: 'People to invite',
      targets: offeredPeople.flatMap((n) => Object.keys(PERSON).map((field) => option(`user:${n}:${field}`))),
    },
  ];
  const offered = groups.some(({ targets }) => targets.some(({ target }) => target === column.target));
  if (column.target && column.target !== 'ignore' && !offered)
    groups.unshift({ label: 'As it is', targets: [option(column.target)] });
  return groups.filter(({ targets }) => targets.length > 0);
}
