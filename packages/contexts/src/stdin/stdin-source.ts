import { withAbort } from '@kanikit/archive/async';
import { quotePath } from '@kanikit/archive/errors';
import { formatProbeBytes, requireArchiveFormat } from '@kanikit/archive/tar';
import {
  type ArchiveContext,
  type ContextRequest,
  type ContextSource,
  KanikitError,
  type RunContext,
} from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';
import { openArchiveContext } from '../tar/archive-context.ts';
import { isStdinReference } from './is-stdin-reference.ts';

const name = 'on standard input';

/** A tar on standard input, plain or compressed with gzip or zstd: `tar -c . | kanikit build -`. */
export function createStdinSource(): ContextSource {
  return {
    specVersion: 1,
    kind: 'stdin',
    accepts: isStdinReference,
    open: async (request, run) => await openStdin(request, run),
  };
}

async function openStdin(request: ContextRequest, run: RunContext): Promise<ArchiveContext> {
  if (request.readStdin === undefined) throw unavailable('it is not there');
  if (request.dockerfile === '-') throw unavailable(`it is to be the Dockerfile ${quotePath('-')} as well`);
  const input = request.readStdin()[Symbol.asyncIterator]();
  const head = await readHead(input, run.signal);
  // Told before anything starts; what comes behind is met while it is sent.
  requireArchiveFormat(head, name);
  let isTaken = false;
  const archive = {
    name,
    read: () => {
      if (isTaken) throw unavailable('it was sent already and can be read only once');
      isTaken = true;
      return continueWith(head, input);
    },
    isAtHand: false,
    shareKey: undefined,
  };
  return { ...(await openArchiveContext(archive, request, run)), isReadOnce: true };
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

function unavailable(reason: string): KanikitError {
  return new KanikitError({
    code: 'stdin-unavailable',
    message: asSentence(`Reading the build context from standard input: ${reason}`),
    hint: 'Pipe a tar into the command, and use - for one thing only.',
  });
}
