import { KanikitError } from '@kanikit/spec';
import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { findFlag, isRepeatable, spellingOf, supportsFlag } from '../flags/supports-flag.ts';
import { checkCombinations } from './check-combinations.ts';
import { checkContradictions } from './check-contradictions.ts';
import type { ExecutorOptions } from './executor-options.ts';
import { checkFlagValue, type FlagValue, isTrue } from './flag-value.ts';
import { optionValues } from './option-values.ts';
import { parseRawArguments, unsupportedFlag } from './raw-arguments.ts';

/**
 * The executor's arguments for these options, every one as `--flag=value`, spelled for this release.
 *
 * @throws KanikitError `flag-unsupported`, `flag-unknown`, `flag-reserved`, `flag-value-invalid`, `flag-value-missing`,
 *   `flag-repeated`, `flag-contradiction`, `flag-combination-invalid`, `destination-missing`, `cache-repository-missing`, `context-missing`, `platform-invalid`
 */
export function renderExecutorArguments(options: ExecutorOptions, executor: ExecutorRelease): string[] {
  const raw = parseRawArguments(options.extraArguments ?? [], executor);
  const own = optionValues(options);
  checkContradictions(own, raw);
  const values = withoutUnusedNames(withOverrides(own, raw, executor));
  const rendered = values.map(({ name, value }) => renderFlag(name, value, executor));
  checkRepetition(values, executor);
  checkCombinations(values, executor);
  return rendered;
}

/**
 * The log format to ask for: json, whose records end where they end and can't be split by a message with line breaks
 * (docs/decisions/0011-executor-arguments.md); undefined for releases that can't choose.
 */
export function preferredLogFormat(executor: ExecutorRelease): 'json' | undefined {
  return supportsFlag(executor, 'log-format') ? 'json' : undefined;
}

/** A raw flag that holds one value replaces kanikit's own; raw lists are added to it. */
function withOverrides(
  own: readonly FlagValue[],
  raw: readonly FlagValue[],
  executor: ExecutorRelease,
): FlagValue[] {
  const all = [...own, ...raw];
  const lastIndex = new Map(all.map(({ name }, index) => [name, index]));
  return all.filter(({ name }, index) => {
    const isFromUser = index >= own.length || (lastIndex.get(name) ?? 0) >= own.length;
    if (!isFromUser || lastIndex.get(name) === index) return true;
    const flag = findFlag(name);
    return flag !== undefined && isRepeatable(executor, flag);
  });
}

/** Files that hold the names of an image, pushed or not. */
const namedFiles = ['tar-path', 'image-name-with-digest-file', 'image-name-tag-with-digest-file'];

/** An image that is not pushed needs no names, unless a file is to hold them: arguments then say what happens. */
function withoutUnusedNames(values: readonly FlagValue[]): readonly FlagValue[] {
  const isPushed = !values.some(({ name, value }) => name === 'no-push' && isTrue(value));
  if (isPushed || values.some(({ name }) => namedFiles.includes(name))) return values;
  // The cache that is read but not written is looked for beside the image.
  if (values.some(({ name, value }) => name === 'no-push-cache' && isTrue(value))) return values;
  return values.filter(({ name }) => name !== 'destination');
}

function renderFlag(name: string, value: string, executor: ExecutorRelease): string {
  const flag = findFlag(name);
  if (flag === undefined) throw new TypeError(`The flag table has no "${name}".`);
  const spelling = spellingOf(executor, name);
  if (spelling === undefined) throw unsupportedFlag(flag, executor);
  checkFlagValue(flag, value);
  return `--${spelling}=${value}`;
}

/** An old release that takes one destination would silently push only the last. */
function checkRepetition(values: readonly FlagValue[], executor: ExecutorRelease): void {
  const seen = new Set<string>();
  for (const { name } of values) {
    const flag = findFlag(name);
    if (flag !== undefined && seen.has(name) && !isRepeatable(executor, flag)) {
      throw new KanikitError({
        code: 'flag-repeated',
        message: `Rendering the executor's arguments: Kaniko ${executor.version} (${executor.distribution}) takes --${name} once only.`,
        hint: 'Choose a newer executor, or give one value.',
      });
    }
    seen.add(name);
  }
}
