import type { ExecutorContextSupport } from '@kanikit/spec';
import { isCommit } from './git-names.ts';
import type { GitReference } from './git-reference.ts';

/** What is wanted of a repository, from the reference and the settings. */
export interface GitWish extends GitReference {
  readonly depth: number | undefined;
  readonly hasSubmodules: boolean;
}

/**
 * Why the executor can't clone it; undefined where it can. What it would do badly is here, too, unless the user insists: measured on google
 * 1.9.2 and 1.24.0, see docs/contexts/git.md.
 */
export function executorObstacle(
  wish: GitWish,
  support: ExecutorContextSupport | undefined,
  isInsisted: boolean,
): string | undefined {
  const executor = support === undefined ? 'the executor' : `the executor (${support.executor})`;
  const { ref, commit } = wish;
  if (wish.transport === 'ssh') return 'no executor clones over ssh';
  if (support?.kinds.includes('git') === false) return `${executor} does not clone Git repositories rightly`;
  if (wish.subPath !== undefined && support?.hasSubPath === false)
    return `${executor} can't build from a folder of a context`;
  if (ref?.includes('#') === true) return `${executor} can't be told a ref with a # in it`;
  if (isOtherRef(ref) && support?.hasGitRefs === false)
    return `${executor} can't clone ${JSON.stringify(ref)}: branches and tags only`;
  if ((commit ?? ref ?? '').length === 64 && isCommit(commit ?? ref ?? ''))
    return `${executor} can't read commits of SHA-256`;
  const options = support?.gitOptions;
  if (wish.depth !== undefined && options?.includes('depth') === false)
    return `${executor} always clones the whole history`;
  if (!wish.hasSubmodules) return undefined;
  if (options?.includes('recurse-submodules') === false)
    return `${executor} can't be told to bring sub-modules`;
  // Relative URLs fail in some releases, and the credentials go to the server of every sub-module.
  return isInsisted ? undefined : 'the executor brings sub-modules unreliably';
}

function isOtherRef(ref: string | undefined): boolean {
  return (
    ref !== undefined &&
    /^(?:refs\/|pull\/|merge-requests\/)/.test(ref) &&
    !/^refs\/(?:heads|tags)\//.test(ref)
  );
}
