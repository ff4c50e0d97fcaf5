import { KanikitError } from '@kanikit/spec';

/** A command line that can't be meant (exit code 2). */
export function usageError(message: string, hint?: string, cause?: unknown): KanikitError {
  return new KanikitError({ code: 'usage', message, hint, cause });
}
