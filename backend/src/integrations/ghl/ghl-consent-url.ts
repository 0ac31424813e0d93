/** The path without `/v2` no longer works for current apps, although HighLevel's SDK 3.1.0 still builds it. */
const consentPath = '/v2/oauth/chooselocation';

export interface ConsentApp {
  /** The consent page, or only its server, such as `https://marketplace.gohighlevel.com`. */
  consentUrl: string;
  clientId: string;
  /** HighLevel's own install links carry it; whether it is required is not documented. */
  versionId?: string;
  scopes: string[];
}

/** Where an agency's owner says yes. `state` comes back with the code; HighLevel does not document it, but passes it on. */
export function ghlConsentUrl(app: ConsentApp, { state, redirectUri }: { state: string; redirectUri: string }): string {
  const url = new URL(app.consentUrl);
  if (url.pathname === '/') url.pathname = consentPath;
  url.searchParams.set('response_type', 'code');
  url.searchParams.set('client_id', app.clientId);
  url.searchParams.set('redirect_uri', redirectUri);
  url.searchParams.set('scope', app.scopes.join(' '));
  url.searchParams.set('state', state);
  if (app.versionId) url.searchParams.set('version_id', app.versionId);
  // The documents show `%20` between scopes; a literal plus is already `%2B` here.
  return url.href.replaceAll('+', '%20');
}
