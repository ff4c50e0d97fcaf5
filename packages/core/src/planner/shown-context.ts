/** A context reference for people and events: without user, password, token or signature. */
export function shownContext(reference: string): string {
  const [, scheme, user = '', rest = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/)(?:([^/?#]*)@)?(.*)$/is.exec(reference) ?? [];
  if (scheme === undefined) return reference;
  // The user of an ssh address is no secret, and needed to tell addresses apart.
  const shownUser = /ssh/i.test(scheme) && user !== '' ? `${user.split(':')[0]}@` : '';
  const place = rest.replace(/\?[^#]*/, '');
  // Behind the # of a Git address are branch and folder; behind that of an archive there is nothing that a server gets.
  const isGit = !/^https?:/i.test(scheme) || /\.git\/?(?:#|$)/i.test(place);
  return scheme + shownUser + (isGit ? place : place.replace(/#.*$/s, ''));
}
