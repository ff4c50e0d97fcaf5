import { tarBlockBytes } from './tar-walker.ts';

/** The same bytes in pieces of whole tar blocks; what is left at the end comes last. */
export async function* wholeBlocks(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let rest: Uint8Array = Buffer.alloc(0);
  for await (const chunk of stream) {
    const bytes = rest.length === 0 ? asBuffer(chunk) : Buffer.concat([rest, chunk]);
    const end = bytes.length - (bytes.length % tarBlockBytes);
    if (end > 0) yield bytes.subarray(0, end);
    rest = bytes.subarray(end);
  }
  if (rest.length > 0) yield asBuffer(rest);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
