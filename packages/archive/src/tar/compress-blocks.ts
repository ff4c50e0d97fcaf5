import { crc32 } from 'node:zlib';
import { encodeGzipEnd, gzipHeader } from '../format/gzip-frame.ts';
import { createGzipPipeline, gzipBlockBytes } from '../format/gzip-pipeline.ts';
import type { ProgressReporter } from '../output/progress.ts';

/** Compresses a tar without its end in the thread pool, and ends it; returns what the source returns. */
export async function* compressBlocks<Result>(
  source: AsyncGenerator<Uint8Array, Result>,
  progress: ProgressReporter,
): AsyncGenerator<Uint8Array, Result> {
  const pipeline = createGzipPipeline();
  const free: Buffer[] = [];
  const take = (): Buffer => free.pop() ?? Buffer.allocUnsafeSlow(gzipBlockBytes);
  let block = take();
  let used = 0;
  let sizeBytes = 0;
  let crc = 0;

  const flush = (): void => {
    const full = block.subarray(0, used);
    crc = crc32(full, crc);
    sizeBytes += used;
    const spent = block;
    pipeline.push(full, () => void free.push(spent));
    block = take();
    used = 0;
  };
  const write = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + block.length - used);
      block.set(part, used);
      used += part.length;
      at += part.length;
      if (used === block.length) flush();
    }
  };
  const count = (piece: Uint8Array): Uint8Array => {
    progress.addArchiveBytes(piece.length);
    progress.tick();
    return piece;
  };

  try {
    yield count(gzipHeader);
    let next = await source.next();
    while (next.done !== true) {
      write(next.value);
      while (pipeline.isFull) yield count(await pipeline.shift());
      next = await source.next();
    }
    if (used > 0) flush();
    while (pipeline.length > 0) yield count(await pipeline.shift());
    yield count(encodeGzipEnd({ crc, sizeBytes }));
    progress.end();
    return next.value;
  } finally {
    await source.return(undefined as Result);
  }
}
