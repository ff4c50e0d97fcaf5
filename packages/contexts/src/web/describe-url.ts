/** A URL for people: without user, password, query and fragment, which may hold credentials. */
export function describeUrl(url: URL | string): string {
  const parsed = typeof url === 'string' ? URL.parse(url) : url;
  return parsed === null ? 'a malformed URL' : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
