import { parseDigest, type Digest } from './digest.ts';
import { RegistryError } from './registry-error.ts';

/** A digest that a request names; throws DIGEST_INVALID for anything else. */
export function requireDigest(text: string): Digest {
  const digest = parseDigest(text);
  if (digest !== undefined) return digest;
  throw new RegistryError({
    status: 400,
    code: 'DIGEST_INVALID',
    message: `"${text}" is not a sha256 or sha512 digest`,
  });
}
