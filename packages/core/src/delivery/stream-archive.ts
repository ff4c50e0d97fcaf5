import { type ArchiveContext, KanikitError, type PackedArchive, type RunContext } from '@kanikit/spec';
import type { DeliveryMemory } from './delivery-memory.ts';
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

/** Begins to pack at once, while the pod is scheduled and its image pulled. The seal marks the archive's end: without it nothing is built. */
export async function streamArchive(
  context: ArchiveContext,
  {
    memory,
    emit,
    steadyNow,
  }: { readonly memory: DeliveryMemory; readonly emit: Emit; readonly steadyNow: () => number },
  run: RunContext,
): Promise<StreamedArchive> {
  const reporter = createPackReporter(emit, steadyNow);
  const packed = context.pack({ onProgress: reporter.onProgress, cut: 'stream', seal: memory.seal }, run);
  packed.summary.catch(() => undefined);
  const [dockerfile = ''] = await packed.dockerfiles;
  async function* read(): AsyncGenerator<Uint8Array, void> {
    // The last piece, with the seal in it, is held back until the whole is known to be what an earlier attempt was given.
    let held: Uint8Array | undefined;
    for await (const part of packed.parts) {
      if (held !== undefined) yield held;
      held = await part.read();
    }
    await checkSame(packed, memory);
    if (held !== undefined) yield held;
    reporter.end();
    emitWarnings((await packed.summary).warnings, emit);
  }
  return { dockerfile, bytes: readAhead(read(), readAheadBytes, run.signal) };
}

/** An attempt builds what the one before it would have built, or nothing. */
async function checkSame(packed: PackedArchive, memory: DeliveryMemory): Promise<void> {
  const { digest } = await packed.summary;
  if (memory.streamedDigest !== undefined && memory.streamedDigest !== digest) {
    throw new KanikitError({
      code: 'context-changed',
      message: 'Packing the context once more for another attempt: it is not what it was at the first.',
      hint: 'Build again, without changing files meanwhile; a bucket (`store`) keeps what was sent.',
    });
  }
  memory.streamedDigest = digest;
}
