import { ghlConsentUrl } from './ghl-consent-url.js';

const app = { consentUrl: 'https://consent.example', clientId: 'app-1', scopes: ['oauth.write', 'users.write'] };
const request = { state: 'a+b c', redirectUri: 'https://us.example/back?x=1' };

it('leads to the page that works, with everything it needs', () => {
  const url = new URL(ghlConsentUrl(app, request));
  expect(url.pathname).toBe('/v2/oauth/chooselocation');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    response_type: 'code',
    client_id: 'app-1',
    redirect_uri: request.redirectUri,
    scope: 'oauth.write users.write',
    state: request.state,
  });
  expect(url.search).toContain('oauth.write%20users.write');
});

it('keeps a page of our own choice, and names the version of the app', () => {
  const url = new URL(ghlConsentUrl({ ...app, consentUrl: 'https://white.example/other', versionId: 'v9' }, request));
  expect(url.pathname).toBe('/other');
  expect(url.searchParams.get('version_id')).toBe('v9');
});
