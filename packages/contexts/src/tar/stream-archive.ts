import {
  type ArchivePart,
  type ArchiveSummary,
  KanikitError,
  type PackedArchive,
  type PackOptions,
  type RunContext,
} from '@kanikit/spec';
import { createProgressReporter } from '../archive/progress.ts';
import { collectParts } from './collect-parts.ts';
import { compressBlocks } from './compress-blocks.ts';
import { sealedNames } from './sealed-entries.ts';
import { sealTar, type TarToSeal } from './seal-tar.ts';

/**
 * Makes any tar into the archive that the executor unpacks: compressed anew in small gzip members, whatever it was compressed with, and
 * sealed by its Dockerfile. The digest is that of what is in the tar, so it does not depend on the compression.
 *
 * @throws KanikitError (through parts, summary and dockerfiles) `context-archive-unsupported`, `context-unreadable`, `dockerfile-missing`;
 * errors of the stream pass through unchanged
 */
export function createStreamArchive(
  tar: TarToSeal,
  { cut, onProgress, seal }: PackOptions,
  run: RunContext,
): PackedArchive {
  const summary = Promise.withResolvers<ArchiveSummary>();
  const dockerfiles = Promise.withResolvers<readonly string[]>();
  // Whoever takes the parts meets the same error there.
  summary.promise.catch(() => {});
  dockerfiles.promise.catch(() => {});
  if (seal !== undefined) dockerfiles.resolve(sealedNames(tar.dockerfiles.length, seal));

  async function* takeParts(): AsyncGenerator<ArchivePart, void> {
    let sizeBytes = 0;
    let failure: unknown = notTaken(tar.name);
    const progress = createProgressReporter(onProgress, run.now);
    const parts = collectParts(compressBlocks(sealTar(tar, seal, progress, run), progress), cut);
    try {
      let next = await parts.next();
      while (next.done !== true) {
        sizeBytes += next.value.sizeBytes;
        yield next.value;
        run.signal.throwIfAborted();
        next = await parts.next();
      }
      const { digest, names, warnings } = next.value;
      summary.resolve({ digest, sizeBytes, dockerfiles: names, warnings });
      dockerfiles.resolve(names);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      // Both do nothing where the archive came to its end.
      summary.reject(failure);
      dockerfiles.reject(failure);
    }
  }

  return {
    known: () => Promise.resolve(undefined),
    dockerfiles: dockerfiles.promise,
    parts: takeParts(),
    summary: summary.promise,
  };
}

function notTaken(name: string): KanikitError {
  return new KanikitError({
    code: 'context-unreadable',
    message: `sending the build context ${name}: it was not taken to its end`,
    hint: 'Look for an earlier error: whoever took it has stopped.',
  });
}
