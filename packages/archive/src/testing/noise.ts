import { createCipheriv } from 'node:crypto';

/** Bytes that don't compress; the same for the same seed. */
export function noise(sizeBytes: number, seed = 1): Buffer {
  const key = Buffer.alloc(16);
  key.writeUInt32LE(seed);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
}
