import { KanikitError } from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';
import { describeCause } from '../errors/context-errors.ts';

/** The archive is not whole, or not what a tar reader takes. */
export function damagedError(name: string, cause: unknown): KanikitError {
  return new KanikitError({
    code: 'context-unreadable',
    message: asSentence(
      `Reading the build context ${name}: ${typeof cause === 'string' ? cause : describeCause(cause)}`,
    ),
    hint: 'Check that the archive is whole: tar -tf lists it. What is cut off is never sent.',
    cause: typeof cause === 'string' ? undefined : cause,
  });
}
