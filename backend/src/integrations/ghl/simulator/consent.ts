import { Refusal } from './http.js';
import type { SimAnswer } from './http.js';
import type { Sim } from './sim.js';
import type { SimCompany } from './state.js';

export const consentPath = '/v2/oauth/chooselocation';
const codeLivesMs = 600_000;

/** The page an agency's owner sees. Plain HTML and one form: it works without JavaScript. */
export function consentPage(sim: Sim, query: URLSearchParams): SimAnswer {
  checkApp(sim, query);
  const scopes = (query.get('scope') ?? '').split(/\s+/).filter(Boolean);
  const hidden = ['client_id', 'redirect_uri', 'scope', 'state', 'version_id']
    .filter((name) => query.has(name))
    .map((name) => `<input type="hidden" name="${name}" value="${escape(query.get(name)!)}">`);
  const agencies = sim.state.companies.map(
    ({ id, name }, index) =>
      `<label class="row"><input type="radio" name="companyId" value="${escape(id)}"${index === 0 ? ' checked' : ''}> ${escape(name)}</label>`,
  );
  return page(
    'Connect your agency',
    `<p class="note">Simulated HighLevel. Nothing here reaches a real account.</p>
<h1>Connect your agency</h1>
<p>An app asks for access to your agency and its sub-accounts.</p>
<form method="post" action="${consentPath}">
${hidden.join('\n')}
<fieldset><legend>Agency</legend>${agencies.join('\n')}</fieldset>
<label class="row"><input type="checkbox" name="future" value="yes" checked> Also install to future locations</label>
<details><summary>${scopes.length} permissions</summary><ul>${scopes.map((scope) => `<li><code>${escape(scope)}</code></li>`).join('')}</ul></details>
<p><button name="decision" value="approve" class="main">Approve</button> <button name="decision" value="deny">Deny</button></p>
</form>`,
  );
}

/** What the form sends: back to the app with a single-use code, or with `access_denied`. */
export function decide(sim: Sim, form: URLSearchParams): SimAnswer {
  checkApp(sim, form);
  const back = new URL(form.get('redirect_uri')!);
  const state = form.get('state');
  if (state !== null) back.searchParams.set('state', state);
  if (form.get('decision') === 'approve') back.searchParams.set('code', install(sim, form));
  else back.searchParams.set('error', 'access_denied');
  return { status: 302, headers: { location: back.href }, body: '' };
}

/** HighLevel's words for every current app on the path that its own SDK still builds. */
export function deadConsentPage(query: URLSearchParams): SimAnswer {
  const appId = (query.get('client_id') ?? '').split('-')[0]!;
  return { ...page('Error', `<p>No integration found with the id: ${escape(appId)}</p>`), status: 404 };
}

function install(sim: Sim, form: URLSearchParams): string {
  const company = sim.state.companies.find(({ id }) => id === form.get('companyId')) ?? sim.state.companies[0];
  if (!company) throw new Refusal(400, 'No agency to connect');
  const scopes = (form.get('scope') ?? '').split(/\s+/).filter(Boolean);
  const userId = sim.state.users.find((user) => user.companyId === company.id && user.type === 'agency')?.id ?? '';
  company.installation = { scopes, installToFutureLocations: form.get('future') === 'yes', userId };
  for (const location of sim.state.locations) if (location.companyId === company.id) location.installedAt ??= sim.now();
  const code = sim.makeId('code');
  const grant = { holder: 'Company' as const, companyId: company.id, userId, scopes };
  sim.state.codes[code] = {
    ...grant,
    used: false,
    redirectUri: form.get('redirect_uri')!,
    expiresAt: sim.now() + codeLivesMs,
  };
  sim.store.changed();
  sim.webhooks.tell('INSTALL', installFields(sim, company, userId));
  return code;
}

const installFields = (sim: Sim, { id, name }: SimCompany, userId: string) => ({
  appId: sim.appId,
  installType: 'Company',
  companyId: id,
  userId,
  companyName: name,
  isWhitelabelCompany: false,
});

function checkApp(sim: Sim, query: URLSearchParams): void {
  if (query.get('client_id') !== sim.options.clientId)
    throw new Refusal(400, 'No integration found for this client_id');
  const redirectUri = query.get('redirect_uri') ?? '';
  const allowed = sim.options.redirectUris?.includes(redirectUri) ?? /^https?:\/\//.test(redirectUri);
  if (!allowed || !URL.canParse(redirectUri)) throw new Refusal(400, 'The redirect_uri is not registered for this app');
}

function page(title: string, content: string): SimAnswer {
  const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;color:#1f2937}
.note{background:#fef3c7;padding:.5rem .75rem;border-radius:.5rem}.row{display:block;margin:.5rem 0}
fieldset{border:1px solid #9ca3af;border-radius:.5rem}button{font:inherit;padding:.5rem 1.25rem;border-radius:.5rem;border:1px solid #4b5563;background:#fff}
.main{background:#1d4ed8;border-color:#1d4ed8;color:#fff}`;
  const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${style}</style></head><body><main>${content}</main></body></html>`;
  return { status: 200, body };
}

const escape = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
