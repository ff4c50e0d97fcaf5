import type { ArchiveContext, ContextRequest, ContextSource, RunContext } from '@kanikit/spec';
import { packTree } from '../archive/pack-tree.ts';
import type { MtimePolicy } from '../archive/tree-writer.ts';
import { findDirectory } from './find-directory.ts';
import { findDockerfile } from './find-dockerfile.ts';
import { listContextTarballWarnings } from './context-tarball.ts';
import { loadIgnoreMatcher } from './load-ignore-matcher.ts';
import { placeDockerfile } from './place-dockerfile.ts';

export interface LocalSourceOptions {
  /** `zero` lets layer cache keys and archives agree between machines; `keep` sends modification times in whole seconds. @default zero */
  readonly mtime?: MtimePolicy | undefined;
}

const scheme = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * Directories on this machine, packed with docker's ignore rules.
 *
 * @example
 * const context = await createLocalSource().open(request, run);
 */
export function createLocalSource(options: LocalSourceOptions = {}): ContextSource {
  return {
    specVersion: 1,
    kind: 'local',
    accepts: (reference) => reference !== '-' && reference !== '' && !scheme.test(reference),
    open: async (request, run) => await openDirectory(request, options, run),
  };
}

async function openDirectory(
  request: ContextRequest,
  options: LocalSourceOptions,
  run: RunContext,
): Promise<ArchiveContext> {
  run.signal.throwIfAborted();
  const root = await findDirectory(request);
  const dockerfile = await findDockerfile(root, request, run);
  const matcher = await loadIgnoreMatcher(root, dockerfile.location);
  const placed = await placeDockerfile(root, dockerfile, matcher);
  run.signal.throwIfAborted();
  return {
    kind: 'archive',
    dockerfile: placed.path,
    dockerfileText: dockerfile.contents.toString('utf8'),
    warnings: await listContextTarballWarnings(root, matcher),
    pack: (packOptions, packRun) =>
      packTree(
        { root, matcher, syntheticFiles: placed.syntheticFiles, mtime: options.mtime ?? 'zero' },
        packOptions.onProgress,
        packRun,
      ),
  };
}
