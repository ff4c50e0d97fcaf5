/**
 * Gives a buffer's memory back at once. The collector does not hurry for what lies outside of its heap: at the rate at which archives are
 * packed it lets more than a hundred megabytes lie.
 *
 * @param buffer not to be used again, and nothing that shares memory with it
 */
export function freeBuffer({ buffer }: Buffer<ArrayBuffer>): void {
  // Node cuts small ones out of a pool.
  if (buffer.byteLength > Buffer.poolSize) buffer.transfer(0);
}
