import type { ExecutorContextSupport } from '@kanikit/spec';
import { supportsFlag } from './supports-flag.ts';
import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { compareReleases } from '../executor/version.ts';

type ContextKind = ExecutorContextSupport['kinds'][number];

/** First release of the original that fetches each kind; the forks began with all of them. */
const kindsSince: Readonly<Record<ContextKind, string>> = {
  stdin: '0.20.0',
  // Before, a commit can't be named and there is no `--git`.
  git: '1.0.0',
  // The first that takes an endpoint other than that of AWS.
  s3: '0.12.0',
  gcs: '0.1.0',
  'azure-blob': '0.14.0',
  https: '1.4.0',
};

/** Keys of `--git`: releases that lack one ignore it without a word. */
const gitOptions: readonly (readonly [key: string, isThere: (executor: ExecutorRelease) => boolean])[] = [
  ['branch', () => true],
  ['single-branch', () => true],
  ['recurse-submodules', () => true],
  ['insecure-skip-tls', (executor) => executor.distribution !== 'google' || isAtLeast(executor, '1.21.0')],
  ['depth', (executor) => executor.distribution === 'osscontainertools' && isAtLeast(executor, '1.25.4')],
];

/** What a release of the executor can fetch by itself, read from `pkg/buildcontext` and `cmd/executor` at the tags. */
export function contextSupport(executor: ExecutorRelease): ExecutorContextSupport {
  const kinds = Object.keys(kindsSince) as ContextKind[];
  return {
    executor: `${executor.distribution} ${executor.version}`,
    kinds: kinds.filter((kind) => fetches(executor, kind)),
    hasSubPath: supportsFlag(executor, 'context-sub-path'),
    gitOptions: supportsFlag(executor, 'git')
      ? gitOptions.filter(([, isThere]) => isThere(executor)).map(([key]) => key)
      : [],
    hasGitRefs: executor.distribution === 'osscontainertools' && isAtLeast(executor, '1.26.6'),
  };
}

function fetches(executor: ExecutorRelease, kind: ContextKind): boolean {
  const isOriginal = executor.distribution === 'google';
  if (isOriginal && !isAtLeast(executor, kindsSince[kind])) return false;
  // That release can't clone a branch or tag of a private repository.
  if (kind === 'git') return !(isOriginal && isAtLeast(executor, '1.7.0') && !isAtLeast(executor, '1.8.0'));
  if (kind === 'azure-blob') return readsAzureUrls(executor);
  return true;
}

/** The change to Azure's newer library in 1.20.0 made the account's URL out of the blob's, which only one fork has mended. */
function readsAzureUrls(executor: ExecutorRelease): boolean {
  if (executor.distribution === 'google') return !isAtLeast(executor, '1.20.0');
  return executor.distribution === 'osscontainertools' && isAtLeast(executor, '1.25.4');
}

function isAtLeast({ version }: ExecutorRelease, release: string): boolean {
  return compareReleases(version, release) >= 0;
}
