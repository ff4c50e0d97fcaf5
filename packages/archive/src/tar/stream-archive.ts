import type { PackedArchive, PackOptions, RunContext } from '@kanikit/spec';
import { createPackedArchive } from '../output/packed-archive.ts';
import { createProgressReporter } from '../output/progress.ts';
import { collectParts } from './collect-parts.ts';
import { compressBlocks } from './compress-blocks.ts';
import { sealTar, type TarToSeal } from './seal-tar.ts';
import { sealedNames } from './tar-seal.ts';

/**
 * Makes any tar into the archive that the executor unpacks: compressed anew, whatever it was compressed with, and sealed by its
 * Dockerfile and a checksum over all of it. The digest is that of what is in the tar, so it does not depend on the compression.
 *
 * @throws KanikitError (through parts, summary and dockerfiles) `context-archive-unsupported`, `context-unreadable`, `dockerfile-missing`;
 * errors of the stream pass through unchanged
 */
export function createStreamArchive(
  tar: TarToSeal,
  { cut, onProgress, seal }: PackOptions,
  run: RunContext,
): PackedArchive {
  return createPackedArchive({
    dockerfiles: seal === undefined ? undefined : sealedNames(tar.dockerfiles.length, seal),
    async *produce() {
      const progress = createProgressReporter(onProgress, run.now);
      const pieces = compressBlocks(sealTar(tar, seal, progress, run), progress);
      const { sizeBytes, end } = yield* collectParts(pieces, cut);
      return { ...end, sizeBytes };
    },
  });
}
