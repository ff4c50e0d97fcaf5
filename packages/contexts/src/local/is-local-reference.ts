const scheme = /^[a-z][a-z0-9+.-]*:\/\//i;

export function isLocalReference(reference: string): boolean {
  return reference !== '-' && reference !== '' && !scheme.test(reference);
}
