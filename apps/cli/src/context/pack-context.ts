import type { ArchiveContext, PackedArchive, RunContext } from '@kanikit/spec';
import type { PackState } from '@kanikit/core';
import { packedText } from '../displays/amounts.ts';
import type { Io } from '../io.ts';
import { printable } from '@kanikit/toolkit/text';
import { writeArchiveFile } from './archive-file.ts';
import { tellWarnings } from './tell-warnings.ts';
import { createTransferLine } from './transfer-line.ts';
import { writeBytes } from './write-bytes.ts';

/**
 * `kanikit context pack`: the archive into a file or standard output; what it is goes to standard error.
 *
 * @throws KanikitError `output-file-failed`, and those of packing
 */
export async function packContext(
  context: ArchiveContext,
  output: string,
  isQuiet: boolean,
  signal: AbortSignal,
  io: Io,
): Promise<void> {
  const { packed, state } = await writeOut(context, output, isQuiet, { signal, now: Date.now }, io);
  const { digest, sizeBytes, dockerfiles, warnings = [] } = await packed.summary;
  tellWarnings([...context.warnings, ...warnings], io);
  if (isQuiet) return;
  const lines = [
    ...(state === undefined ? [] : [`packed ${packedText(state)}`]),
    `digest      ${digest}`,
    `size        ${sizeBytes} bytes`,
    `dockerfile  ${printable(dockerfiles[0] ?? '')}`,
  ];
  io.stderr.write(`${lines.join('\n')}\n`);
}

async function writeOut(
  context: ArchiveContext,
  output: string,
  isQuiet: boolean,
  run: RunContext,
  io: Io,
): Promise<{ readonly packed: PackedArchive; readonly state: PackState | undefined }> {
  using line = createTransferLine(io, isQuiet);
  const packed = context.pack({ onProgress: line.onPack, cut: 'stream' }, run);
  const pieces = piecesOf(packed);
  if (output === '-') await writeBytes(io.stdout, pieces, run.signal);
  else await writeArchiveFile(output, pieces);
  return { packed, state: line.packed() };
}

async function* piecesOf({ parts }: PackedArchive): AsyncGenerator<Uint8Array, void> {
  for await (const part of parts) yield await part.read();
}
