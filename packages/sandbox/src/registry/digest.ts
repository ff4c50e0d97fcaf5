import { createHash, type Hash } from 'node:crypto';

/** A content digest, checked for an algorithm the registry knows and the right number of hex digits. */
export interface Digest {
  readonly algorithm: 'sha256' | 'sha512';
  readonly hex: string;
}

const patterns: Readonly<Record<Digest['algorithm'], RegExp>> = {
  sha256: /^[a-f0-9]{64}$/,
  sha512: /^[a-f0-9]{128}$/,
};

/** Reads `sha256:…` or `sha512:…`; undefined for anything else. */
export function parseDigest(text: string): Digest | undefined {
  const [algorithm, hex] = text.split(':', 2);
  if ((algorithm !== 'sha256' && algorithm !== 'sha512') || hex === undefined) return undefined;
  return patterns[algorithm].test(hex) && text.length === algorithm.length + 1 + hex.length
    ? { algorithm, hex }
    : undefined;
}

export function formatDigest(digest: Digest): string {
  return `${digest.algorithm}:${digest.hex}`;
}

export function createDigestHash(algorithm: Digest['algorithm']): Hash {
  return createHash(algorithm);
}

export function digestOf(algorithm: Digest['algorithm'], bytes: Uint8Array): Digest {
  return { algorithm, hex: createHash(algorithm).update(bytes).digest('hex') };
}
