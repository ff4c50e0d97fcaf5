/**
 * Whether a state is newer than the one known. Versions are decimal numbers on every server there is; where they are not, every state
 * counts as new.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
export function isNewer(version: string | undefined, known: string | undefined): boolean {
  if (version === undefined || known === undefined) return true;
  if (!/^\d+$/.test(version) || !/^\d+$/.test(known)) return version !== known;
  return version.length === known.length ? version > known : version.length > known.length;
}
