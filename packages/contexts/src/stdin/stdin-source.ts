import {
  type ArchiveContext,
  type ContextRequest,
  type ContextSource,
  KanikitError,
  type RunContext,
} from '@kanikit/spec';
import { formatProbeBytes, requireArchiveFormat } from '../tar/archive-format.ts';
import { gzipArchive } from '../tar/gzip-archive.ts';
import { refuseOutside } from '../tar/tar-source.ts';
import { withAbort } from '../streams/read-all.ts';

/** A tar on standard input, plain or gzip: `tar -c . | kanikit build -`. */
export function createStdinSource(): ContextSource {
  return {
    specVersion: 1,
    kind: 'stdin',
    accepts: (reference) => reference === '-',
    open: async (request, run) => await openStdin(request, run),
  };
}

async function openStdin(request: ContextRequest, run: RunContext): Promise<ArchiveContext> {
  refuseOutside(request);
  if (request.readStdin === undefined) throw consumed('it is not available');
  const input = request.readStdin()[Symbol.asyncIterator]();
  const head = await readHead(input, run.signal);
  const format = requireArchiveFormat(head, 'on standard input');
  let isTaken = false;
  return {
    kind: 'archive',
    dockerfile: request.dockerfile ?? 'Dockerfile',
    dockerfileText: undefined,
    warnings: [],
    pack: ({ onProgress }, packRun) => {
      if (isTaken) throw consumed('it was sent already and can be read only once');
      isTaken = true;
      return gzipArchive(continueWith(head, input), format, onProgress, packRun);
    },
  };
}

async function readHead(input: AsyncIterator<Uint8Array>, signal: AbortSignal): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  // The rest is read later, so the end of this loop must not close the input.
  const open = { [Symbol.asyncIterator]: () => ({ next: () => input.next() }) };
  for await (const chunk of withAbort(open, signal)) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes >= formatProbeBytes) break;
  }
  return Buffer.concat(chunks);
}

async function* continueWith(
  head: Buffer,
  input: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield head;
  yield* { [Symbol.asyncIterator]: () => input };
}

function consumed(reason: string): KanikitError {
  return new KanikitError({
    code: 'stdin-unavailable',
    message: `reading the build context from standard input: ${reason}`,
    hint: 'Pipe a tar into the command, and use - for one build only.',
  });
}
