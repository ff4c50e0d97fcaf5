import { KanikitError } from '@kanikit/spec';
import { findEncodingFault } from './text-encoding.ts';

/**
 * @param name of the Dockerfile, quoted, for people
 * @throws KanikitError `dockerfile-unreadable` for bytes that are no text
 */
export function requireText(name: string, contents: Uint8Array): void {
  const fault = findEncodingFault(contents);
  if (fault === undefined) return;
  throw new KanikitError({
    code: 'dockerfile-unreadable',
    message: `Reading the Dockerfile ${name}: line ${fault.line}: ${fault.reason}.`,
    hint: fault.hint,
  });
}
