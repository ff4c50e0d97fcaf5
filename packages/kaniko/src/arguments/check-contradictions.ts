import { KanikitError } from '@kanikit/spec';
import type { FlagValue } from './flag-value.ts';

/** Flags that a build sets by options of its own, so that a second value among raw arguments is a mistake. */
const optionFlags = new Set([
  'annotation',
  'image-format',
  'compression',
  'push-retry',
  'image-download-retry',
]);

/**
 * Finds raw arguments that say something else than the options of the build.
 *
 * @throws KanikitError `flag-contradiction`
 */
export function checkContradictions(own: readonly FlagValue[], raw: readonly FlagValue[]): void {
  for (const { name, value } of raw) {
    if (!optionFlags.has(name)) continue;
    const said = own.find((flag) => flag.name === name && keyOf(flag) === keyOf({ name, value }));
    if (said === undefined || said.value === value) continue;
    throw new KanikitError({
      code: 'flag-contradiction',
      message: `Rendering the executor's arguments: --${name}=${value} contradicts --${name}=${said.value}, which the options of the build say.`,
      hint: 'Say it once.',
    });
  }
}

/** Annotations of different keys go together. */
function keyOf({ name, value }: FlagValue): string {
  return name === 'annotation' ? value.replace(/=[^]*$/, '') : '';
}
