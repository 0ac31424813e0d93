import { safeReturnUrl } from './return-url';

describe('where to go after signing in', () => {
  it.each([['/jobs/1?x=1#line-3'], ['/provision']])('goes back to %s', (url) => {
    expect(safeReturnUrl(url)).toBe(url);
  });

  it.each([
    ['https://evil.example'],
    ['//evil.example'],
    ['/\\evil.example'],
    ['/\t/evil.example'],
    ['javascript:alert(1)'],
    ['/sign-in'],
    [''],
    [undefined],
  ])('does not follow %j', (url) => {
    expect(safeReturnUrl(url)).toBe('/dashboard');
  });
});
