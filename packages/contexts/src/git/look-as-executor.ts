import { isKanikitError, type RunContext } from '@kanikit/spec';
import { isCommit } from './git-names.ts';
import type { GitWish } from './executor-obstacles.ts';
import { type FoundRef, lookUpRef } from './look-up-ref.ts';
import { type GitAccess, openGitProgram } from './open-git-program.ts';
import { startTimeLimit } from './time-limit.ts';

/** What the executor will find, as far as it can be seen from here. */
export type Sight =
  | { readonly type: 'seen'; readonly found: FoundRef }
  /** It can't be seen from here; without a reason where nothing else was to be expected. */
  | { readonly type: 'unseen'; readonly reason: string | undefined }
  /** Not for the executor; a clone on this machine may have it. */
  | { readonly type: 'out-of-reach'; readonly reason: string };

/** A server answers within seconds, or it is not for this machine. */
const limitMs = 20_000;

/** Failures of this machine or its network, which need not be those of the executor. */
const ownFailures: readonly string[] = [
  'git-program-missing',
  'git-unreachable',
  'git-timeout',
  'git-failed',
];

/**
 * Looks at the repository with what the executor will have and nothing more: not the user's own Git logins.
 *
 * @throws KanikitError `git-ref-missing`; `git-denied` and `git-repository-missing` where the credentials are those that the executor gets
 */
export async function lookAsExecutor(
  wish: GitWish,
  access: GitAccess,
  hasSecret: boolean,
  run: RunContext,
): Promise<Sight> {
  const { ref, commit } = wish;
  try {
    await using workspace = await openGitProgram({ ...access, isPlain: true });
    const found = await lookUpRef(workspace, wish.url, ref, startTimeLimit(limitMs), run);
    if (commit !== undefined) return { type: 'seen', found: { ...found, commit } };
    // Whether a branch has it can't be asked: only a clone tells.
    if (ref !== undefined && isCommit(ref) && found.ref === undefined) {
      return { type: 'out-of-reach', reason: 'no branch and no tag points to the commit' };
    }
    return { type: 'seen', found };
  } catch (error) {
    if (!isKanikitError(error)) throw error;
    if (ownFailures.includes(error.code)) return { type: 'unseen', reason: error.message };
    if (error.code !== 'git-denied' && error.code !== 'git-repository-missing') throw error;
    if (hasSecret) return { type: 'unseen', reason: undefined };
    if (access.credentials !== undefined) throw error;
    return { type: 'out-of-reach', reason: error.message };
  }
}
