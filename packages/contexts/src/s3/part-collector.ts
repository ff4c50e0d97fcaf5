/** Cuts a stream of chunks into parts of one size. */
export interface PartCollector {
  /** Adds a chunk; returns the parts it completes. */
  add(chunk: Uint8Array): readonly Buffer[];
  /** What is left, possibly empty. */
  rest(): Buffer;
}

export function createPartCollector(partBytes: number): PartCollector {
  let chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  return {
    add(chunk) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes < partBytes) return [];
      const all = Buffer.concat(chunks);
      const parts: Buffer[] = [];
      let at = 0;
      for (; at + partBytes <= all.length; at += partBytes) parts.push(all.subarray(at, at + partBytes));
      chunks = at < all.length ? [Buffer.from(all.subarray(at))] : [];
      sizeBytes = all.length - at;
      return parts;
    },
    rest: () => Buffer.concat(chunks),
  };
}
