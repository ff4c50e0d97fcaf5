import { randomBytes } from 'node:crypto';
import { createLocalSource } from '@kanikit/contexts/local';
import type { ArchiveContext, ContextRequest, PackOptions } from '@kanikit/spec';

export interface ArchiveBytes {
  /** The archive as it comes, piece by piece. */
  readonly pieces: readonly Buffer[];
  /** Value of `--dockerfile`. */
  readonly dockerfile: string;
}

/** A directory as a build context. */
export async function openDirectory(
  root: string,
  request: Partial<ContextRequest> = {},
): Promise<ArchiveContext> {
  const context = await createLocalSource().open(
    { reference: root, dockerfile: undefined, workingDirectory: root, contextSubPath: undefined, ...request },
    { signal: new AbortController().signal, now: Date.now },
  );
  if (context.kind !== 'archive') throw new Error('a directory is packed here');
  return context;
}

/** Packs as for a bucket, whose reader learns the Dockerfile's name at the end; or, with `stream`, as for a stream. */
export async function packContext(
  context: ArchiveContext,
  cut: NonNullable<PackOptions['cut']>,
): Promise<ArchiveBytes> {
  const seal = cut === 'stream' ? { seal: randomBytes(8).toString('hex') } : {};
  const packed = context.pack({ cut, ...seal }, { signal: new AbortController().signal, now: Date.now });
  const pieces: Buffer[] = [];
  for await (const part of packed.parts) pieces.push(Buffer.from(await part.read()));
  const { dockerfiles } = await packed.summary;
  return { pieces, dockerfile: dockerfiles[0] ?? '' };
}
