import type { ExecutorChoice, ExecutorDistribution } from '@kanikit/spec';
import { nearestName } from '@kanikit/toolkit/text';
import { quoted } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';

const distributions: readonly ExecutorDistribution[] = ['google', 'osscontainertools', 'chainguard'];

/**
 * Reads `google@1.24.0`, `google` or `@1.28.3`, and the full image name of a mirror.
 *
 * @throws KanikitError `usage`
 */
export function executorChoice(
  text: string | undefined,
  image: string | undefined,
): ExecutorChoice | undefined {
  if (text === undefined) return image === undefined ? undefined : { image };
  const [name = '', version, ...rest] = text.split('@');
  const distribution = distributions.find((candidate) => candidate === name);
  if (rest.length > 0 || version === '' || (distribution === undefined && name !== '')) {
    const meant = nearestName(name, distributions);
    throw usageError(
      `--executor takes ${distributions.join(', ')}, with @VERSION if you like; got ${quoted(text)}.`,
      meant === undefined ? undefined : `Did you mean ${meant}${version ? `@${version}` : ''}?`,
    );
  }
  return { distribution, version: version?.replace(/^v/, ''), image };
}
