/** What the attempts of a build must know of the deliveries before them. */
export interface DeliveryMemory {
  /** Stands for the digest in the names of a streamed archive's Dockerfiles; the same for all attempts, so that equal files make equal bytes. */
  seal: string | undefined;
  /** Digest of the archive that was streamed to an earlier attempt, where it was packed to its end. */
  streamedDigest: string | undefined;
  /** True once the context lies in the bucket: it is not sent again. */
  isStored: boolean;
}

export function createDeliveryMemory(): DeliveryMemory {
  return { seal: undefined, streamedDigest: undefined, isStored: false };
}
