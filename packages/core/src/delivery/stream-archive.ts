import type { ArchiveContext, RunContext } from '@kanikit/spec';
import { createPackReporter, type Emit, emitWarnings } from './pack-events.ts';
import { readAhead } from './read-ahead.ts';

/** Packed before the executor reads it: enough for a running start, little enough to be held for every build. */
const readAheadBytes = 8 * 1024 * 1024;

/** An archive for the executor's stdin. */
export interface StreamedArchive {
  /** Value of `--dockerfile`, known before the archive ends. */
  readonly dockerfile: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Begins to pack at once, while the pod is scheduled and its image pulled. `seal` marks the archive's end: without it nothing is built. */
export async function streamArchive(
  context: ArchiveContext,
  seal: string,
  emit: Emit,
  run: RunContext,
): Promise<StreamedArchive> {
  const reporter = createPackReporter(emit, run.now);
  const packed = context.pack({ onProgress: reporter.onProgress, cut: 'stream', seal }, run);
  packed.summary.catch(() => undefined);
  const [dockerfile = ''] = await packed.dockerfiles;
  async function* read(): AsyncGenerator<Uint8Array, void> {
    for await (const part of packed.parts) yield await part.read();
    reporter.end();
    emitWarnings((await packed.summary).warnings, emit);
  }
  return { dockerfile, bytes: readAhead(read(), readAheadBytes, run.signal) };
}
