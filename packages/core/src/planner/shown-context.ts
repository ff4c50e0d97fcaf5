/** A context reference for people and events: without user, password, token or signature. */
export function shownContext(reference: string): string {
  const [, scheme, user = '', rest = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/)(?:([^/?#]*)@)?(.*)$/is.exec(reference) ?? [];
  if (scheme === undefined) return reference;
  // The user of an ssh address is no secret, and needed to tell addresses apart.
  const shownUser = /ssh/i.test(scheme) && user !== '' ? `${user.split(':')[0]}@` : '';
  return scheme + shownUser + rest.replace(/\?[^#]*/, '');
}
