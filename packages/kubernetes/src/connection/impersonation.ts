import type { Impersonation } from './cluster-connection.ts';
import { kubeconfigError } from './kubeconfig-error.ts';
import { isFields, type NamedEntry, readString, readStrings } from './kubeconfig-file.ts';

/**
 * Whom a kubeconfig user acts as (`as`, `as-uid`, `as-groups`, `as-user-extra`); undefined when it acts as itself.
 *
 * @throws KanikitError `kubeconfig-invalid`
 */
export function readImpersonation({ fields, file, place }: NamedEntry): Impersonation | undefined {
  const user = readString(fields, 'as', file, place);
  const uid = readString(fields, 'as-uid', file, place);
  const groups = readStrings(fields, 'as-groups', file, place);
  const extra = readExtra(fields['as-user-extra'], file, `${place}.as-user-extra`);
  if (user !== undefined) return { user, uid, groups, extra };
  if (uid === undefined && groups.length === 0 && Object.keys(extra).length === 0) return undefined;
  // The server would refuse it, and without the fields the stronger user would act.
  throw kubeconfigError(file, `${place} names a uid, groups or extra fields to act with, but no user (as)`);
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

function readExtra(value: unknown, file: string, place: string): Readonly<Record<string, readonly string[]>> {
  if (value === undefined || value === null) return {};
  if (!isFields(value)) throw kubeconfigError(file, `${place} must hold fields`);
  return Object.fromEntries(Object.keys(value).map((key) => [key, readStrings(value, key, file, place)]));
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
