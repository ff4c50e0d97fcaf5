import { KanikitError } from '../errors.ts';

/** Why a patch can't be applied, in Kubernetes' words where it has some. */
export function patchError(words: string): KanikitError {
  return new KanikitError({
    code: 'patch-invalid',
    message: words,
    hint: 'A strategic merge patch has the shape of the object; a JSON patch (RFC 6902) is a list of operations on paths that are there.',
  });
}
