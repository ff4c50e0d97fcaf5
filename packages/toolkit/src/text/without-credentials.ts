const mask = '***';

/**
 * What somebody wrote as an address, without what could be a secret in it: user and password before an `@`, a query, what follows a colon that begins
 * no port. It need not be a valid address: misspelt ones are what errors show.
 */
export function withoutCredentials(written: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/+)?(.*)$/is.exec(written) ?? [];
  const at = lastAt(rest);
  const user = rest.slice(0, Math.max(at, 0));
  const shownUser = at === -1 ? '' : `${isPlainUser(user, scheme) ? user : mask}@`;
  const place = rest.slice(at + 1).replace(/\?[^#]*/s, `?${mask}`);
  return scheme + shownUser + (scheme === '' ? place : withoutPassword(place));
}

/** The `@` behind user and password, which may hold further ones; that of an image's digest is another. */
function lastAt(text: string): number {
  const end = /@sha\d+:[\da-f]+$/i.exec(text)?.index ?? text.length;
  return text.slice(0, end).lastIndexOf('@');
}

/** `git@host:path`, `google@1.24.0`, `./packages/@scope`: there is no password. Behind `https://` even a name may be a token. */
function isPlainUser(user: string, scheme: string): boolean {
  return !user.includes(':') && (scheme === '' || /ssh/i.test(scheme));
}

/** `s3://KEY:SECRET/…` without its `@`. */
function withoutPassword(place: string): string {
  return place.replace(/^([^/:?#[\]]*):(?!\d{1,5}(?:[/?#]|$))(?!\*)[^?#]+/, `$1:${mask}`);
}
