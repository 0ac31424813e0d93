import { Secret } from '../../platform/crypto/index.js';
import { loadConfig } from '../../platform/config/index.js';
import { SessionCookie } from './session-cookie.js';

function handed(publicUrl: string) {
  const set: unknown[] = [];
  const cookie = new SessionCookie(loadConfig({ PUBLIC_URL: publicUrl }));
  const reply = { setCookie: (...given: unknown[]) => set.push(given) } as never;
  const expiresAt = new Date(0);
  const view = cookie.hand(reply, { token: new Secret('t'), expiresAt, view: 'the view' });
  return { set: set[0], view, expiresAt };
}

it('is bound to this host and to https where there is https', () => {
  const { set, view, expiresAt } = handed('https://yard.example');
  expect(set).toEqual([
    '__Host-session',
    't',
    { path: '/', httpOnly: true, sameSite: 'lax', secure: true, expires: expiresAt },
  ]);
  expect(view).toBe('the view');
});

it('works on a laptop without https', () => {
  expect(handed('http://localhost:3000').set).toEqual([
    'session',
    't',
    expect.objectContaining({ secure: false, httpOnly: true }),
  ]);
});
