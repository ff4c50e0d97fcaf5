import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { type MtimePolicy, packTree } from '@kanikit/archive';
import { contextTarball, contextTarballWarning, hasContextTarball } from '@kanikit/archive/dockerfiles';
import { listTree } from '@kanikit/archive/listing';
import type { ArchiveContext, ContextRequest, ContextSource, RunContext } from '@kanikit/spec';
import { findDirectory } from './find-directory.ts';
import { findDockerfile } from './find-dockerfile.ts';
import { isLocalReference } from './is-local-reference.ts';
import { loadIgnoreMatcher } from './load-ignore-matcher.ts';

export interface LocalSourceOptions {
  /** `zero` lets layer cache keys and archives agree between machines; `keep` sends modification times in whole seconds. @default zero */
  readonly mtime?: MtimePolicy | undefined;
}

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
    accepts: isLocalReference,
    open: async (request, run) => await openDirectory(request, options, run),
  };
}

async function openDirectory(
  request: ContextRequest,
  { mtime = 'zero' }: LocalSourceOptions,
  run: RunContext,
): Promise<ArchiveContext> {
  run.signal.throwIfAborted();
  const directory = await findDirectory(request);
  const { root } = directory;
  const { contents, location } = await findDockerfile(directory, request, run);
  const { matcher, text: rules } = await loadIgnoreMatcher(directory, location, run);
  const hasTarball = await hasContextTarball(root, matcher);
  run.signal.throwIfAborted();
  const tree = { root, matcher, rules, mtime, hiddenNames: hasTarball ? [] : [contextTarball] };
  return {
    kind: 'archive',
    dockerfileText: contents.toString('utf8'),
    warnings: hasTarball ? [contextTarballWarning] : [],
    // Others that share the archive pass their Dockerfile on as text.
    shareKey: isUtf8(contents) ? hash('sha256', JSON.stringify([root, rules, mtime])) : undefined,
    isDockerfileApart: false,
    pack({ sharedWith = [], ...packOptions }, packRun) {
      const others = sharedWith.map((context) => Buffer.from(context.dockerfileText ?? ''));
      return packTree({ ...tree, dockerfiles: [contents, ...others] }, packOptions, packRun);
    },
    list: (listOptions, listRun) => listTree(root, matcher, listOptions, listRun),
  };
}
