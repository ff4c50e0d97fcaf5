import type { ClientCredential } from './cluster-connection.ts';

/** Who writes such files renews a token long before it expires (the kubelet an hour or more), so a short memory is always right. */
const tokenMemoryMs = 60_000;

/**
 * A token that is read again now and then, and whenever the server refuses the last one. While it can't be read, the last one counts; `known` is
 * the one to begin with.
 */
export function createTokenFileCredential(
  read: () => Promise<string>,
  known?: { readonly token: string; readonly isFresh: boolean },
): (options: { readonly isRejected: boolean }) => Promise<ClientCredential> {
  let token = known?.token;
  let readAt = known?.isFresh === true ? performance.now() : Number.NEGATIVE_INFINITY;
  return async ({ isRejected }) => {
    if (token === undefined || isRejected || performance.now() - readAt > tokenMemoryMs) {
      try {
        token = (await read()).trim();
        readAt = performance.now();
      } catch (error) {
        if (token === undefined) throw error;
      }
    }
    return { token };
  };
}
