import { hostname, userInfo } from 'node:os';
import type { ClusterConnection } from '../../api/connection/cluster-connection.ts';

/** Whose builds these are, for people: `user@host`, or the pod's own name inside of a cluster; and as whom it acts there. */
export function ownerName({
  kind,
  impersonation,
}: Pick<ClusterConnection, 'kind' | 'impersonation'>): string {
  const own = kind === 'in-cluster' ? hostname() : `${userName()}@${hostname()}`;
  return impersonation === undefined ? own : `${own} as ${impersonation.user}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the password file, as clusters give them to containers.
    return String(process.getuid?.() ?? 'unknown');
  }
}
