import { randomBytes } from 'node:crypto';
import type { ArchiveContext, PackOptions } from '@kanikit/spec';
import { type ExecutorVersion, fetchWithExecutor } from './fetch-with-executor.ts';
import type { ImageEntry } from './image-entries.ts';

export interface ContextBuild {
  readonly context: ArchiveContext;
  readonly version?: ExecutorVersion;
  readonly signal: AbortSignal;
}

/** Streams a context to the real executor as to a pod; answers with what is in the image's layers, in the order of their names. */
export async function buildWithExecutor(build: ContextBuild): Promise<readonly ImageEntry[]> {
  const { context, signal } = build;
  const options: PackOptions = { cut: 'stream', seal: randomBytes(8).toString('hex') };
  const packed = context.pack(options, { signal, now: Date.now });
  const [dockerfile = ''] = await packed.dockerfiles;
  async function* read(): AsyncGenerator<Uint8Array, void> {
    for await (const part of packed.parts) yield await part.read();
  }
  const outcome = await fetchWithExecutor({
    ...(build.version !== undefined && { version: build.version }),
    delivery: { archive: read(), subPath: context.contextSubPath },
    dockerfile,
    dockerfileContents: context.isDockerfileApart ? Buffer.from(context.dockerfileText ?? '') : undefined,
    signal,
  });
  if (!outcome.isBuilt) throw new Error(`the executor ended with ${outcome.exitCode}:\n${outcome.log}`);
  return outcome.image;
}
