/** Longer lines are told apart by their length, their beginning and their end. */
const comparedBytes = 2_048;

/** A 52-bit fingerprint of a line and its time: FNV-1a and the length. */
export function hashLine(timestamp: string, bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < timestamp.length; index += 1) {
    hash = Math.imul(hash ^ timestamp.charCodeAt(index), 0x01000193);
  }
  const headEnd = Math.min(bytes.length, comparedBytes);
  for (let index = 0; index < headEnd; index += 1) hash = Math.imul(hash ^ bytes[index]!, 0x01000193);
  for (let index = Math.max(headEnd, bytes.length - comparedBytes); index < bytes.length; index += 1) {
    hash = Math.imul(hash ^ bytes[index]!, 0x01000193);
  }
  return (hash >>> 0) * 2 ** 20 + (bytes.length % 2 ** 20);
}
