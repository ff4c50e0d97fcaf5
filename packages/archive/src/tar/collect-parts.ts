import { createHash } from 'node:crypto';
import type { ArchivePart, PackOptions } from '@kanikit/spec';

/** Above S3's smallest part, small enough that a few fit into memory. */
const partBytes = 8 * 1024 * 1024;

export interface CollectedParts<Result> {
  readonly sizeBytes: number;
  /** What the source returned. */
  readonly end: Result;
}

/** Pieces of an archive as parts: at once for a stream, else of 8 MiB and a little more. */
export async function* collectParts<Result>(
  pieces: AsyncGenerator<Uint8Array, Result>,
  cut: PackOptions['cut'],
): AsyncGenerator<ArchivePart, CollectedParts<Result>> {
  const least = cut === 'stream' ? 1 : partBytes;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let sizeBytes = 0;
  try {
    for (;;) {
      const next = await pieces.next();
      if (next.done === true) {
        if (heldBytes > 0) yield partOf(held, heldBytes);
        return { sizeBytes, end: next.value };
      }
      held.push(next.value);
      heldBytes += next.value.length;
      sizeBytes += next.value.length;
      if (heldBytes >= least) {
        yield partOf(held, heldBytes);
        held = [];
        heldBytes = 0;
      }
    }
  } finally {
    await pieces.return(undefined as Result);
  }
}

function partOf(pieces: readonly Uint8Array[], sizeBytes: number): ArchivePart {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return {
    digest: `sha256:${hash.digest('hex')}`,
    sizeBytes,
    read: () => Promise.resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)),
  };
}
