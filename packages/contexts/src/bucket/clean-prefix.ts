import { stripEnds } from '@kanikit/toolkit/text';

/** What the names of a store's objects begin with, without slashes at its ends. */
export function cleanPrefix(prefix = 'kanikit'): string {
  return stripEnds(prefix, '/');
}
