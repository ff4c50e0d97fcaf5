import { createBlockWriter } from '../archive/block-writer.ts';
import { createGzipPipeline } from '../archive/gzip-pipeline.ts';
import type { ProgressReporter } from '../archive/progress.ts';

/** Compresses in the thread pool, a gzip member per mebibyte; returns what the source returns. */
export async function* compressBlocks<Result>(
  source: AsyncGenerator<Uint8Array, Result>,
  progress: ProgressReporter,
): AsyncGenerator<Uint8Array, Result> {
  const pipeline = createGzipPipeline();
  const writer = createBlockWriter(pipeline);
  const shift = async (): Promise<Uint8Array> => {
    const member = await pipeline.shift();
    progress.addArchiveBytes(member.length);
    progress.tick();
    return member;
  };
  try {
    let next = await source.next();
    while (next.done !== true) {
      writer.write(next.value);
      while (pipeline.isFull) yield await shift();
      next = await source.next();
    }
    writer.flush(true);
    while (pipeline.length > 0) yield await shift();
    progress.end();
    return next.value;
  } finally {
    await source.return(undefined as Result);
  }
}
