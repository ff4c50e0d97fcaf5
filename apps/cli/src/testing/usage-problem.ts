import { isKanikitError } from '@kanikit/spec';

/** Runs something that must be refused as bad usage; its message and hint. */
export function usageProblem(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isKanikitError(error) && error.code === 'usage') return `${error.message} | ${error.hint ?? ''}`;
    throw error;
  }
  throw new Error('it was accepted');
}
