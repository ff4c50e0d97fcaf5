import type { PackProgress, RunContext } from '@kanikit/spec';
import { createBlockWriter } from '../archive/block-writer.ts';
import { createGzipPipeline } from '../archive/gzip-pipeline.ts';
import { createProgressReporter } from '../archive/progress.ts';
import { withAbort } from '../streams/read-all.ts';
import type { ArchiveFormat } from './archive-format.ts';

/** As a packed tree: the executor must not wait for EOF behind the archive's end. */
const trailerBytes = 10 * 1024;

/**
 * An archive in the form that the executor unpacks: gzip passes through, a plain tar is compressed on the way. Zeros in a gzip
 * member of their own follow, which ends the stream for Go's reader wherever the archive's own padding ends.
 */
export async function* gzipArchive(
  source: AsyncIterable<Uint8Array>,
  format: ArchiveFormat,
  onProgress: ((progress: PackProgress) => void) | undefined,
  run: RunContext,
): AsyncGenerator<Uint8Array, void> {
  const pipeline = createGzipPipeline();
  const writer = createBlockWriter(pipeline);
  const progress = createProgressReporter(onProgress, run.now);
  const count = (bytes: Uint8Array): Uint8Array => {
    progress.addArchiveBytes(bytes.length);
    progress.tick();
    return bytes;
  };
  for await (const chunk of withAbort(source, run.signal)) {
    progress.addBytes(chunk.length);
    if (format === 'gzip') {
      yield count(chunk);
    } else {
      writer.write(chunk);
      while (pipeline.isFull) yield count(await pipeline.shift());
    }
  }
  writer.writeZeros(trailerBytes);
  writer.flush(true);
  while (pipeline.length > 0) yield count(await pipeline.shift());
  progress.end();
}
