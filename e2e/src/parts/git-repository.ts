import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A bare repository of a test, with a work tree beside it. */
export interface GitRepository {
  /** Path of the bare repository. */
  readonly path: string;
  /** Commits these files (undefined removes one) on the branch that is checked out; the commit's name. */
  commit(files: Readonly<Record<string, string | undefined>>): Promise<string>;
  /** Runs git in the work tree, then brings all branches and tags to the bare repository. */
  git(...args: readonly string[]): Promise<string>;
  /** Makes any ref of the bare repository, such as `refs/pull/7/head`, without one in the work tree. */
  setRef(ref: string, commit: string): Promise<void>;
  deleteRef(ref: string): Promise<void>;
  /** Takes the last commit away from its branch: `commit`s and `setRef` follow from the one before. */
  dropLastCommit(): Promise<void>;
}

/** No configuration of the machine has a say. */
const environment = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
  // Submodules of a test may come from a folder.
  GIT_ALLOW_PROTOCOL: 'file:http:https',
};

/** Makes `<folder>/<name>.git` with an empty branch `main`. */
export async function createGitRepository(folder: string, name: string): Promise<GitRepository> {
  const path = join(folder, `${name}.git`);
  const work = join(folder, `${name}-work`);
  await mkdir(work, { recursive: true });
  const inWork = async (...args: readonly string[]): Promise<string> =>
    (await run('git', ['-C', work, ...args], { env: environment })).stdout.trim();
  const publish = async (): Promise<void> => {
    await inWork('push', '--quiet', '--force', path, 'refs/heads/*:refs/heads/*', 'refs/tags/*:refs/tags/*');
  };
  await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', path], { env: environment });
  await inWork('init', '--quiet', '--initial-branch=main');
  return {
    path,
    commit: async (files) => {
      await writeFiles(work, files);
      await inWork('add', '--all');
      await inWork('commit', '--quiet', '--allow-empty', '--message=change');
      await publish();
      return await inWork('rev-parse', 'HEAD');
    },
    git: async (...args) => {
      const output = await inWork(...args);
      await publish();
      return output;
    },
    setRef: async (ref, commit) => {
      await inWork('push', '--quiet', '--force', path, `${commit}:${ref}`);
    },
    deleteRef: async (ref) => {
      await run('git', ['-C', path, 'update-ref', '-d', ref], { env: environment });
    },
    dropLastCommit: async () => {
      await inWork('reset', '--quiet', '--hard', 'HEAD~1');
      await publish();
    },
  };
}

async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    if (content === undefined) await rm(file);
    else await writeFile(file, content);
  }
}
