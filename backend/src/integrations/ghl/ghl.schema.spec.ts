import * as answers from './ghl.schema.js';

describe('what the documents leave open is read in each form', () => {
  const location = { id: 'l', name: 'Fern', companyId: 'c', email: null, phone: 12065550100, unknown: {} };

  it.each([
    ['flat', location],
    ['wrapped', { location, traceId: 't' }],
  ])('a sub-account that comes %s', (_, answer) => {
    expect(answers.LocationAnswer.parse(answer)).toMatchObject({ id: 'l', name: 'Fern', phone: '12065550100' });
  });

  it('a sub-account without an id is not read', () => {
    expect(answers.LocationAnswer.safeParse({ name: 'Fern' }).success).toBe(false);
    expect(answers.LocationAnswer.safeParse({ location: { id: '' } }).success).toBe(false);
  });

  it('a grant with numbers and booleans as strings', () => {
    const grant = {
      access_token: 'a',
      refresh_token: 'r',
      expires_in: '86399',
      companyId: 'c',
      installToFutureLocations: 'true',
    };
    expect(answers.GrantAnswer.parse(grant)).toMatchObject({ expires_in: 86_399, installToFutureLocations: true });
  });

  it('no grant without a refresh token: the old one may already be dead', () => {
    const grant = { access_token: 'a', refresh_token: '', expires_in: 1, companyId: 'c' };
    expect(answers.GrantAnswer.safeParse(grant).success).toBe(false);
  });

  it.each([
    ['a list', ['forms', 'tags']],
    ['a text in braces', '{forms,tags}'],
    ['a text in brackets', '[forms, "tags"]'],
  ])('assets as %s', (_, completed) => {
    const { data } = answers.SnapshotLoadAnswer.parse({ data: { status: 'processing', completed, pending: null } });
    expect(data).toEqual({ status: 'processing', completed: ['forms', 'tags'], pending: [] });
  });

  it('no load at all', () => {
    expect(answers.SnapshotLoadAnswer.parse({ data: null }).data).toBeNull();
    expect(answers.SnapshotLoadAnswer.parse({}).data).toBeUndefined();
  });

  it('a removal, which says `succeded`', () => {
    expect(answers.RemovedAnswer.safeParse({ succeded: true }).success).toBe(true);
    expect(answers.RemovedAnswer.safeParse({ success: 'false' }).success).toBe(false);
  });
});
