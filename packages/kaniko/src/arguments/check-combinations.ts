import { KanikitError, type KanikitErrorCode } from '@kanikit/spec';
import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { compareReleases } from '../executor/version.ts';
import { supportsFlag } from '../flags/supports-flag.ts';
import { type FlagValue, isTrue } from './flag-value.ts';

interface Rule {
  readonly code: KanikitErrorCode;
  /** A flag that only releases with this rule have; absent where all have it. */
  readonly since?: string;
  readonly isBroken: (given: Given, executor: ExecutorRelease) => boolean;
  readonly problem: string;
  readonly hint: string;
}

/** The last value of a flag, undefined when it is not given. */
type Given = (name: string) => string | undefined;

/** What the executor refuses after it started, in its order of asking. */
const rules: readonly Rule[] = [
  {
    code: 'destination-missing',
    isBroken: (given) => given('destination') === undefined && !isTrue(given('no-push')),
    problem: 'there is no image name to push to',
    hint: 'Name a destination, or build without pushing.',
  },
  {
    code: 'flag-combination-invalid',
    isBroken: (given) => given('compression') === 'zstd' && given('image-format') === 'docker',
    problem: '--compression=zstd does not go with --image-format=docker, which has no such layers',
    hint: 'Use `imageFormat: oci`.',
  },
  {
    code: 'flag-combination-invalid',
    isBroken: (given) => isSet(given('tar-path')) && given('image-format') === 'oci',
    problem: '--tar-path writes a docker archive and does not go with --image-format=oci',
    hint: 'Give --oci-layout-path in `executorArgs` to write an OCI image.',
  },
  {
    code: 'flag-combination-invalid',
    // Releases without --image-format write such a file, which docker can't load.
    since: 'image-format',
    isBroken: (given) => isSet(given('tar-path')) && given('compression') === 'zstd',
    problem: '--tar-path writes a docker archive, which has no zstd layers',
    hint: 'Give --oci-layout-path in `executorArgs` for zstd layers.',
  },
  {
    code: 'cache-repository-missing',
    isBroken: (given, executor) =>
      isTrue(given('cache')) &&
      isTrue(given('no-push')) &&
      !isSet(given('cache-repo')) &&
      !(isTrue(given('no-push-cache')) && isSet(given('destination')) && infersReadCache(executor)),
    problem: 'a build that is not pushed has no repository to keep its layer cache in',
    hint: 'Name a cache repository, or build without the cache.',
  },
  {
    code: 'context-missing',
    isBroken: (given) => given('context') === '',
    problem: 'the context is empty',
    hint: 'Name a build context.',
  },
  {
    code: 'flag-combination-invalid',
    isBroken: (given) =>
      given('destination') === undefined &&
      (isSet(given('image-name-with-digest-file')) || isSet(given('image-name-tag-with-digest-file'))),
    problem: 'a file of image names needs an image name',
    hint: 'Name a destination; it may stay unpushed.',
  },
];

/**
 * Finds combinations that the executor refuses.
 *
 * @throws KanikitError `destination-missing`, `cache-repository-missing`, `context-missing`, `flag-combination-invalid`
 */
export function checkCombinations(values: readonly FlagValue[], executor: ExecutorRelease): void {
  const last = new Map(values.map(({ name, value }) => [name, value]));
  for (const rule of rules) {
    if (rule.since !== undefined && !supportsFlag(executor, rule.since)) continue;
    if (!rule.isBroken((name) => last.get(name), executor)) continue;
    throw new KanikitError({
      code: rule.code,
      message: `Rendering the executor's arguments: ${rule.problem}.`,
      hint: rule.hint,
    });
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/** Releases that look for a cache beside an image that is not pushed, if they only read it. */
function infersReadCache({ distribution, version }: ExecutorRelease): boolean {
  return distribution === 'osscontainertools' && compareReleases(version, '1.25.6') >= 0;
}
