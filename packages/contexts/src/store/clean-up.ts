import type { ObjectStore } from './object-store.ts';

/** Longest clean-up after a failure or an abort. */
const cleanUpMs = 5000;

/** Removes what may be there. Never throws: what led here counts, and what stays is removed by a later upload. */
export async function removeQuietly(objects: ObjectStore, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await objects.remove(keys, AbortSignal.timeout(cleanUpMs)).catch(() => {});
}
