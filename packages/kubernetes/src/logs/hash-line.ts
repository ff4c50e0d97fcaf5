/** Longer lines are told apart by their length, their beginning and their end. */
const comparedBytes = 2_048;

/** A 53-bit fingerprint of a line and its time (two rounds of FNV-1a). */
export function hashLine(timestamp: string, bytes: Uint8Array): number {
  let first = 0x811c9dc5 ^ bytes.length;
  let second = 0x1000193 ^ bytes.length;
  for (let index = 0; index < timestamp.length; index += 1) {
    const code = timestamp.charCodeAt(index);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x85ebca6b);
  }
  const headEnd = Math.min(bytes.length, comparedBytes);
  const tailStart = Math.max(headEnd, bytes.length - comparedBytes);
  for (let index = 0; index < headEnd; index += 1) {
    first = Math.imul(first ^ (bytes[index] ?? 0), 0x01000193);
    second = Math.imul(second ^ (bytes[index] ?? 0), 0x85ebca6b);
  }
  for (let index = tailStart; index < bytes.length; index += 1) {
    first = Math.imul(first ^ (bytes[index] ?? 0), 0x01000193);
    second = Math.imul(second ^ (bytes[index] ?? 0), 0x85ebca6b);
  }
  return (first >>> 0) * 2 ** 21 + (second >>> 11);
}
