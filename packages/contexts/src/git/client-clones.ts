import { join } from 'node:path';
import type { ContextRequest, PreparedContext, RunContext } from '@kanikit/spec';
import { findOnMachine } from '../web/remote-dockerfile.ts';
import { createLocalSource } from '../local/index.ts';
import { type Clone, cloneRepository } from './clone-repository.ts';
import type { GitWish } from './executor-obstacles.ts';
import { lookUpRef } from './look-up-ref.ts';
import { type GitAccess, openGitProgram } from './open-git-program.ts';
import { createSharedLeases } from './shared-leases.ts';
import { startTimeLimit } from './time-limit.ts';

export interface CloneRequest {
  readonly wish: GitWish;
  readonly access: GitAccess;
  /** @default ten minutes */
  readonly limitMs: number | undefined;
}

/** Repositories cloned on this machine and packed as directories; builds that want the same share a clone, and so its upload. */
export interface ClientClones {
  /** @throws KanikitError those of git and of a local directory */
  open(clone: CloneRequest, request: ContextRequest, run: RunContext): Promise<PreparedContext>;
}

const defaultLimitMs = 10 * 60 * 1000;

export function createClientClones(): ClientClones {
  const leases = createSharedLeases<Clone & AsyncDisposable>();
  return {
    open: async ({ wish, access, limitMs = defaultLimitMs }, request, run) => {
      const { url, ref, commit, depth, hasSubmodules } = wish;
      const { username, password } = access.credentials ?? {};
      const key = JSON.stringify([url, ref, commit, depth, hasSubmodules, username, password]);
      const lease = await leases.acquire(key, async () => await makeClone(wish, access, limitMs, run));
      try {
        const context = await openTree(lease.value, wish, request, run);
        const warnings = [...context.warnings, ...lease.value.warnings];
        // The very object: contexts that share an archive are known by it.
        return Object.assign(context, { warnings, close: lease[Symbol.asyncDispose] });
      } catch (error) {
        await lease[Symbol.asyncDispose]();
        throw error;
      }
    },
  };
}

async function makeClone(
  wish: GitWish,
  access: GitAccess,
  limitMs: number,
  run: RunContext,
): Promise<Clone & AsyncDisposable> {
  const time = startTimeLimit(limitMs);
  const workspace = await openGitProgram(access);
  try {
    const looked = await lookUpRef(workspace, wish.url, wish.ref, time, run);
    const found = wish.commit === undefined ? looked : { ...looked, commit: wish.commit };
    const { url, depth, hasSubmodules } = wish;
    const clone = await cloneRepository(workspace, { url, found, depth, hasSubmodules, time }, run);
    return { ...clone, [Symbol.asyncDispose]: async () => await workspace[Symbol.asyncDispose]() };
  } catch (error) {
    await workspace[Symbol.asyncDispose]();
    throw error;
  }
}

async function openTree(
  { tree }: Clone,
  wish: GitWish,
  request: ContextRequest,
  run: RunContext,
): Promise<PreparedContext> {
  const written = request.dockerfile ?? 'Dockerfile';
  const onMachine = await findOnMachine(written, request.workingDirectory);
  const root = join(tree, wish.subPath ?? '');
  return await createLocalSource().open(
    {
      ...request,
      reference: tree,
      contextSubPath: wish.subPath,
      dockerfile: onMachine ?? request.dockerfile,
      // What is not in the repository is not looked for where the user happens to be.
      workingDirectory: root,
    },
    run,
  );
}
