/** The administrator of the first agency, signed in by the one-time link as a browser would be. */
export async function signIn(url, { tenant, link }) {
  const json = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/session/link`, {
    method: 'POST',
    headers: { origin: url, ...json },
    body: JSON.stringify({ token: /#token=(\S+)/.exec(link)[1] }),
  });
  if (!answer.ok) throw new Error(`Signing in was answered ${answer.status}: ${await answer.text()}`);
  const cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';', 1)[0])
    .join('; ');
  return {
    tenant,
    cookie,
    ask: (method, path, body) =>
      fetch(url + path, {
        method,
        headers: { origin: url, cookie, ...(body && json) },
        body: body && JSON.stringify(body),
        redirect: 'manual',
      }),
  };
}
