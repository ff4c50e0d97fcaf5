import type { Impersonation } from './cluster-connection.ts';
import type { KubeconfigUser } from './kubeconfig.ts';

/** Whom a kubeconfig user acts as (`as`, `as-uid`, `as-groups`, `as-user-extra`); undefined when it acts as itself. */
export function readImpersonation(user: KubeconfigUser): Impersonation | undefined {
  if (user.actsAs === '') return undefined;
  return {
    user: user.actsAs,
    uid: user.actsAsUid || undefined,
    groups: user.actsAsGroups,
    extra: user.actsAsExtra,
  };
}

/**
 * The headers that make the server act as somebody else, written as client-go writes them.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
 */
export function impersonationHeaders({
  user,
  uid,
  groups = [],
  extra = {},
}: Impersonation): Readonly<Record<string, readonly string[]>> {
  const headers: Record<string, readonly string[]> = { 'Impersonate-User': [user] };
  if (uid !== undefined && uid !== '') headers['Impersonate-Uid'] = [uid];
  if (groups.length > 0) headers['Impersonate-Group'] = groups;
  for (const [key, values] of Object.entries(extra)) {
    const name = canonicalName(`Impersonate-Extra-${escapeKey(key)}`);
    // Two spellings of one key are one header, as HTTP takes them.
    if (values.length > 0) headers[name] = [...(headers[name] ?? []), ...values];
  }
  return headers;
}

/** Bytes that may stand in the name of a header stay, all others and `%` are percent-encoded. */
function escapeKey(key: string): string {
  return [...Buffer.from(key)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[\w!#$&'*+.^`|~-]/.test(character)) return character;
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

/** A capital letter at the beginning and after each hyphen, small ones elsewhere. */
function canonicalName(name: string): string {
  return name
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1).toLowerCase())
    .join('-');
}
