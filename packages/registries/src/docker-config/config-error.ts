import { KanikitError } from '@kanikit/spec';

/** A broken credential file. Says where, never what stands there. */
export function configError(file: string, problem: string, cause?: unknown): KanikitError {
  return new KanikitError({
    code: 'docker-config-invalid',
    message: `Reading registry credentials from ${file}: ${problem}.`,
    hint: 'Correct the file, or log in again with docker login.',
    cause,
  });
}
