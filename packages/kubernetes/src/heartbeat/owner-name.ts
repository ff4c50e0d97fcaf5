import { hostname, userInfo } from 'node:os';

/** Whose builds these are, for people: `user@host`, or the pod's own name inside of a cluster. */
export function ownerName(isInCluster: boolean): string {
  return isInCluster ? hostname() : `${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the password file, as clusters give them to containers.
    return String(process.getuid?.() ?? 'unknown');
  }
}
