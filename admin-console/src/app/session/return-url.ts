/** Where to go after signing in. Only a path of this console: a link must not be able to send a person elsewhere. */
export function safeReturnUrl(wanted: string | null | undefined): string {
  if (!wanted || !wanted.startsWith('/') || /^\/[/\\]/.test(wanted) || wanted.startsWith('/sign-in'))
    return '/dashboard';
  // Control characters are dropped by URL parsers, which could turn "/\t/host" into "//host".
  return [...wanted].some((char) => char < ' ') ? '/dashboard' : wanted;
}
