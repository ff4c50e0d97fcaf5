import type { ContextDelivery } from '@kanikit/spec';
import { isCommit } from './git-names.ts';
import type { GitWish } from './executor-obstacles.ts';
import type { FoundRef } from './look-up-ref.ts';

/**
 * How the executor is told to clone. What was looked up is pinned to its commit, so that it builds what was seen here; with a depth it can't be,
 * since the commit may have gone out of reach by then.
 */
export function executorDelivery(
  wish: GitWish,
  found: FoundRef | undefined,
  access: Pick<ContextDelivery, 'secretEnv' | 'envFromSecrets' | 'certificateAuthorities'>,
): ContextDelivery {
  const { fragment, options } = found === undefined ? unseen(wish) : seen(wish, found);
  return {
    context: `git://${wish.hostAndPath ?? ''}${fragment}`,
    isSecret: false,
    args: [
      ...options,
      ...(wish.depth === undefined ? [] : [`depth=${wish.depth}`]),
      ...(wish.hasSubmodules ? ['recurse-submodules=true'] : []),
    ].map((option) => `--git=${option}`),
    env: wish.transport === 'http' ? { GIT_PULL_METHOD: 'http' } : {},
    ...access,
  };
}

interface Told {
  /** With its `#`. */
  readonly fragment: string;
  readonly options: readonly string[];
}

function seen(wish: GitWish, { ref, commit }: FoundRef): Told {
  // One branch holds the commit, so the others need not travel.
  const options = ref?.startsWith('refs/heads/') === true ? ['single-branch=true'] : [];
  const isPinned = wish.depth === undefined || wish.commit !== undefined;
  const name = ref === undefined ? '' : ref;
  return { fragment: isPinned ? `#${name}#${commit}` : `#${name}`, options };
}

/** Without a look at the server: releases up to 1.9 know short names only as a branch, which may be a tag for them. */
function unseen({ ref, commit }: GitWish): Told {
  const commitPart = commit === undefined ? '' : `#${commit}`;
  if (ref === undefined) return { fragment: commit === undefined ? '' : `#${commitPart}`, options: [] };
  if (isCommit(ref)) return { fragment: `##${ref.toLowerCase()}`, options: [] };
  if (ref.startsWith('refs/')) return { fragment: `#${ref}${commitPart}`, options: [] };
  return { fragment: commit === undefined ? '' : `#${commitPart}`, options: [`branch=${ref}`] };
}
