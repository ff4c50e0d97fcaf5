import type { Contexts } from '@kanikit/sdk';
import type { ArchiveContext, StoredContext } from '@kanikit/spec';
import type { Io } from '../io.ts';
import { printable } from '@kanikit/toolkit/text';
import { safeJson } from '@kanikit/toolkit/text';
import { formatBytes } from '../text/units.ts';
import { tellWarnings } from './tell-warnings.ts';
import { createTransferLine } from './transfer-line.ts';

export interface PushFlags {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly keepMs: number | undefined;
}

/**
 * `kanikit context push`: into the bucket; where it is, and what had to be sent, goes to standard output.
 *
 * @throws KanikitError those of packing and of the bucket
 */
export async function pushContext(
  contexts: Contexts,
  context: ArchiveContext,
  { json: isJson = false, quiet = false, keepMs }: PushFlags,
  signal: AbortSignal,
  io: Io,
): Promise<void> {
  const stored = await send(contexts, context, { quiet, keepMs }, signal, io);
  tellWarnings(context.warnings, io);
  const { location, digest, sizeBytes, sentBytes, dockerfiles } = stored;
  const reusedBytes = sizeBytes - sentBytes;
  const [dockerfile = ''] = dockerfiles;
  if (isJson) {
    io.stdout.write(`${safeJson({ location, digest, sizeBytes, sentBytes, reusedBytes, dockerfile })}\n`);
    return;
  }
  const sent =
    sentBytes === 0
      ? `nothing: all ${formatBytes(sizeBytes)} were in the bucket already`
      : `${formatBytes(sentBytes)} of ${formatBytes(sizeBytes)}${reusedBytes > 0 ? ', the rest was in the bucket already' : ''}`;
  const lines = [
    printable(location),
    `digest      ${digest}`,
    `sent        ${sent}`,
    `dockerfile  ${printable(dockerfile)}`,
  ];
  io.stdout.write(`${lines.join('\n')}\n`);
}

async function send(
  contexts: Contexts,
  context: ArchiveContext,
  { quiet, keepMs }: { readonly quiet: boolean; readonly keepMs: number | undefined },
  signal: AbortSignal,
  io: Io,
): Promise<StoredContext> {
  using line = createTransferLine(io, quiet);
  return await contexts.push(context, { signal, keepMs, onPack: line.onPack, onUpload: line.onUpload });
}
