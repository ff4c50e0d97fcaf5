import { KanikitError, type RunContext } from '@kanikit/spec';
import { isCommit } from './git-names.ts';
import { describeRepository } from './git-reference.ts';
import type { GitWorkspace } from './open-git-program.ts';
import type { TimeLimit } from './time-limit.ts';

/** What a name stands for on the server at this moment. */
export interface FoundRef {
  /** Full name; undefined for a commit that no branch or tag points to, and for a HEAD that is no branch. */
  readonly ref: string | undefined;
  readonly commit: string;
}

/**
 * Asks the server for a branch, a tag, a commit or a full ref; nothing means its HEAD. Of a branch and a tag with one name the branch is meant,
 * as with `git clone --branch`.
 *
 * @throws KanikitError `git-ref-missing`, and those of git
 */
export async function lookUpRef(
  workspace: GitWorkspace,
  url: string,
  wanted: string | undefined,
  time: TimeLimit,
  run: RunContext,
): Promise<FoundRef> {
  const name = wanted ?? 'HEAD';
  const patterns = isCommit(name) ? ['--heads', '--tags'] : ['--symref'];
  const names = isCommit(name) ? [] : [...new Set(candidatesFor(name).flatMap((ref) => [ref, `${ref}^{}`]))];
  const output = await workspace.git.run(
    {
      args: ['ls-remote', '--quiet', ...patterns, '--end-of-options', url, ...names],
      folder: workspace.folder,
      doing: `looking at ${describeRepository(url)}`,
      time,
      isRepeatable: true,
    },
    run,
  );
  const { refs, head } = readRefs(output);
  if (isCommit(name)) return findTip(refs, name.toLowerCase());
  for (const ref of candidatesFor(name)) {
    const commit = refs.get(`${ref}^{}`) ?? refs.get(ref);
    if (commit !== undefined) return { ref: ref === 'HEAD' ? head : ref, commit };
  }
  throw missing(url, wanted);
}

function candidatesFor(name: string): readonly string[] {
  if (name === 'HEAD' || name.startsWith('refs/')) return [name];
  return [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`];
}

interface Refs {
  readonly refs: ReadonlyMap<string, string>;
  /** The branch that HEAD is. */
  readonly head: string | undefined;
}

function readRefs(output: string): Refs {
  const refs = new Map<string, string>();
  let head: string | undefined;
  for (const line of output.split('\n')) {
    const [value = '', name = ''] = line.split('\t');
    if (value.startsWith('ref: ') && name === 'HEAD') head = value.slice('ref: '.length);
    else if (isCommit(value)) refs.set(name, value);
  }
  return { refs, head };
}

function findTip(refs: ReadonlyMap<string, string>, commit: string): FoundRef {
  const names = [...refs]
    .filter(([, value]) => value === commit)
    .map(([name]) => name.replace(/\^\{\}$/, ''));
  return { ref: names.find((name) => name.startsWith('refs/heads/')) ?? names[0], commit };
}

function missing(url: string, wanted: string | undefined): KanikitError {
  return new KanikitError({
    code: 'git-ref-missing',
    message: `Looking at ${describeRepository(url)}: ${wanted === undefined ? 'it has no commits' : `it has no branch, tag or ref ${JSON.stringify(wanted)}`}.`,
    hint: 'Check the name behind the #; a commit must be written in full.',
  });
}
