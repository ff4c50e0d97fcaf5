import { rm } from 'node:fs/promises';

/** Keeps data files for readers that are under way when their object is replaced or deleted. */
export interface SegmentLeases {
  hold<T>(files: readonly string[], read: () => Promise<T>): Promise<T>;
  /** Removes the file, now or after its last reader. */
  remove(file: string): Promise<void>;
}

export function createSegmentLeases(): SegmentLeases {
  const readers = new Map<string, number>();
  const doomed = new Set<string>();
  const release = async (file: string): Promise<void> => {
    const left = (readers.get(file) ?? 1) - 1;
    if (left > 0) {
      readers.set(file, left);
      return;
    }
    readers.delete(file);
    if (doomed.delete(file)) await rm(file, { force: true });
  };
  return {
    hold: async (files, read) => {
      for (const file of files) readers.set(file, (readers.get(file) ?? 0) + 1);
      try {
        return await read();
      } finally {
        for (const file of files) await release(file);
      }
    },
    remove: async (file) => {
      if (readers.has(file)) doomed.add(file);
      else await rm(file, { force: true });
    },
  };
}
