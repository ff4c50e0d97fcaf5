import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ContextWarning, isKanikitError, KanikitError, type RunContext } from '@kanikit/spec';
import { describeRepository } from './git-reference.ts';
import type { FoundRef } from './look-up-ref.ts';
import type { GitWorkspace } from './open-git-program.ts';
import type { TimeLimit } from './time-limit.ts';

export interface CloneOptions {
  readonly url: string;
  readonly found: FoundRef;
  readonly depth: number | undefined;
  readonly hasSubmodules: boolean;
  readonly time: TimeLimit;
}

export interface Clone {
  /** The files of the commit, without `.git`. */
  readonly tree: string;
  readonly warnings: readonly ContextWarning[];
}

type Git = (...args: readonly string[]) => Promise<string>;

/**
 * The files of one commit, fetched with as little history as the server allows. Throws the errors of git.
 *
 * @throws KanikitError `git-commit-missing` where the server does not have it or keeps it
 */
export async function cloneRepository(
  workspace: GitWorkspace,
  options: CloneOptions,
  run: RunContext,
): Promise<Clone> {
  const tree = join(workspace.folder, 'tree');
  await mkdir(tree);
  const doing = `cloning ${describeRepository(options.url)}`;
  const git: Git = async (...args) => {
    const isRepeatable = args[0] === 'fetch' || args[0] === 'submodule';
    return await workspace.git.run({ args, folder: tree, doing, time: options.time, isRepeatable }, run);
  };
  // Without templates: they could bring hooks and attributes.
  await git('init', '--quiet', '--template=');
  await git('remote', 'add', '--', 'origin', options.url);
  await fetchCommit(git, options);
  await git('checkout', '--quiet', '--detach', options.found.commit);
  if (options.hasSubmodules) await updateSubmodules(git, tree);
  const warnings = await warnOfPointers(git);
  await removeGitFolders(tree, options.hasSubmodules);
  return { tree, warnings };
}

/** Servers give a commit by its name nearly always; else by its ref, if that has not moved; else with everything there is. */
async function fetchCommit(git: Git, { found, depth = 1, url }: CloneOptions): Promise<void> {
  const { ref, commit } = found;
  const shallow = `--depth=${depth}`;
  const attempts: (readonly string[])[] = [
    [shallow, '--end-of-options', 'origin', commit],
    ...(ref === undefined ? [] : [[shallow, '--end-of-options', 'origin', ref]]),
    ['--end-of-options', 'origin', '+refs/heads/*:refs/kanikit/heads/*', '+refs/tags/*:refs/kanikit/tags/*'],
  ];
  for (const attempt of attempts) {
    const isUnshallow = attempt.includes(shallow) ? [] : await unshallowOption(git);
    try {
      await git('fetch', '--quiet', '--no-tags', ...isUnshallow, ...attempt);
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
    if (await hasCommit(git, commit)) return;
  }
  throw commitMissing(url, commit);
}

async function unshallowOption(git: Git): Promise<readonly string[]> {
  return (await git('rev-parse', '--is-shallow-repository')).trim() === 'true' ? ['--unshallow'] : [];
}

async function hasCommit(git: Git, commit: string): Promise<boolean> {
  const type = await git('rev-list', '--no-walk', '--ignore-missing', commit, '--');
  return type.trim() !== '';
}

/** Sub-modules come from where the repository says, with no credentials but for its own server. */
async function updateSubmodules(git: Git, tree: string): Promise<void> {
  const update = ['submodule', 'update', '--quiet', '--init', '--recursive', '--force'];
  try {
    await git(...update, '--depth=1');
  } catch (error) {
    if (!isRefused(error)) throw error;
    await git('submodule', 'deinit', '--quiet', '--force', '--all');
    await rm(join(tree, '.git', 'modules'), { recursive: true, force: true });
    await git(...update);
  }
}

/** No commit can hold a name `.git`, so all there are come from cloning. */
async function removeGitFolders(tree: string, hasSubmodules: boolean): Promise<void> {
  await rm(join(tree, '.git'), { recursive: true, force: true });
  if (!hasSubmodules) return;
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    if (entry.name === '.git') await rm(join(entry.parentPath, entry.name), { recursive: true, force: true });
  }
}

/** Without its extension git puts the pointers of large files where the files should be. */
async function warnOfPointers(git: Git): Promise<readonly ContextWarning[]> {
  const large = await git('ls-files', '-z', '--', ':(attr:filter=lfs)');
  if (large === '' || /^filter\.lfs\./m.test(await git('config', '--list', '--name-only'))) return [];
  const count = large.split('\0').length - 1;
  return [
    {
      code: 'git-lfs-missing',
      message: `${count} ${count === 1 ? 'file is' : 'files are'} kept in Git LFS, which is not set up on this machine: pointers travel in their place.`,
      hint: 'Install git-lfs and run `git lfs install` once.',
    },
  ];
}

function isRefused(error: unknown): boolean {
  return isKanikitError(error) && (error.code === 'git-commit-missing' || error.code === 'git-ref-missing');
}

function commitMissing(url: string, commit: string): KanikitError {
  return new KanikitError({
    code: 'git-commit-missing',
    message: `Cloning ${describeRepository(url)}: there is no commit ${commit} on its branches and tags, and the server gives no others.`,
    hint: 'Check the commit, or name the ref that it is on.',
  });
}
