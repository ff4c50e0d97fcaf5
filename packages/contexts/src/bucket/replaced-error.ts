import { KanikitError } from '@kanikit/spec';

/** The object is not the one any longer that was looked at. */
export function replacedError(location: string): KanikitError {
  return new KanikitError({
    code: 'context-changed',
    message: `Fetching the build context ${location}: it was replaced meanwhile.`,
    hint: 'Build again.',
    retryable: true,
  });
}
