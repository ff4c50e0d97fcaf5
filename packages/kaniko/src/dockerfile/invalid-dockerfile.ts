import { KanikitError } from '@kanikit/spec';

/** The error for a Dockerfile that no release of the executor can read. */
export function invalidDockerfile(line: number | undefined, problem: string, hint: string): KanikitError {
  return new KanikitError({
    code: 'dockerfile-invalid',
    message: `Reading the Dockerfile${line === undefined ? '' : `, line ${line}`}: ${problem}.`,
    hint,
  });
}
