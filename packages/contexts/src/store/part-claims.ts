/**
 * Which parts the uploads of this process use. Uploads may share parts, and they are removed after use: what another one still needs must not
 * go with the first.
 */
export interface PartClaims {
  /** The upload uses the part, until it releases it. */
  claim(key: string): void;
  /** The part was put by this process. */
  own(key: string): void;
  /** Ends the use; returns the parts that were put by this process and that nobody uses any longer. */
  release(keys: Iterable<string>): readonly string[];
}

export function createPartClaims(): PartClaims {
  const claims = new Map<string, { users: number; isOwn: boolean }>();
  return {
    claim(key) {
      const claim = claims.get(key) ?? { users: 0, isOwn: false };
      claim.users += 1;
      claims.set(key, claim);
    },
    own(key) {
      const claim = claims.get(key);
      if (claim !== undefined) claim.isOwn = true;
    },
    release(keys) {
      const unused: string[] = [];
      for (const key of keys) {
        const claim = claims.get(key);
        if (claim === undefined) continue;
        claim.users -= 1;
        if (claim.users > 0) continue;
        claims.delete(key);
        if (claim.isOwn) unused.push(key);
      }
      return unused;
    },
  };
}
