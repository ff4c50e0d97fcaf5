import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { createLocalSource } from '@kanikit/contexts/local';
import { createTarSource } from '@kanikit/contexts/tar';
import type { ArchiveContext, ContextRequest, ContextSource, PackOptions } from '@kanikit/spec';

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
  return await open(createLocalSource(), { reference: root, workingDirectory: root, ...request });
}

/** A tar file as a build context. */
export async function openTar(file: string): Promise<ArchiveContext> {
  return await open(createTarSource(), { reference: file, workingDirectory: dirname(file) });
}

type Reference = Pick<ContextRequest, 'reference' | 'workingDirectory'> & Partial<ContextRequest>;

async function open(source: ContextSource, request: Reference): Promise<ArchiveContext> {
  const run = { signal: new AbortController().signal, now: Date.now };
  const context = await source.open({ dockerfile: undefined, contextSubPath: undefined, ...request }, run);
  if (context.kind !== 'archive') throw new Error('a directory is packed here, and so is a tar');
  return context;
}

/** Packs as for a bucket, whose reader learns the Dockerfile's name at the end; or, with `stream`, as for a stream. */
export async function packContext(
  context: ArchiveContext,
  cut: NonNullable<PackOptions['cut']>,
  indexFolder?: string,
): Promise<ArchiveBytes> {
  const seal = cut === 'stream' ? { seal: randomBytes(8).toString('hex') } : {};
  const packed = context.pack(
    { cut, indexFolder, ...seal },
    { signal: new AbortController().signal, now: Date.now },
  );
  const pieces: Buffer[] = [];
  for await (const part of packed.parts) pieces.push(Buffer.from(await part.read()));
  const { dockerfiles } = await packed.summary;
  return { pieces, dockerfile: dockerfiles[0] ?? '' };
}
