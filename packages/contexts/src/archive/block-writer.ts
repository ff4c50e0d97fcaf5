import { gzipBlockBytes, type GzipPipeline } from './gzip-pipeline.ts';

/** Room behind a block's nominal end, so that headers and small files need no second block. */
export const blockSlackBytes: number = 192 * 1024;

/** Collects archive bytes into blocks for the pipeline. A block is cut once it holds a mebibyte. */
export interface BlockWriter {
  /** The block being filled; write at `used`, at most to `room`, then call `advance`. */
  readonly buffer: Buffer;
  readonly used: number;
  /** Bytes up to the nominal end of the block. */
  readonly room: number;
  advance(bytes: number): void;
  /** Copies bytes of any length. */
  write(bytes: Uint8Array): void;
  writeZeros(count: number): void;
  /** Hands the block over where it is full, or (at the end) where it holds anything. */
  flush(isEnd?: boolean): void;
}

export function createBlockWriter(pipeline: GzipPipeline): BlockWriter {
  const free: Buffer[] = [];
  const take = (): Buffer => free.pop() ?? Buffer.allocUnsafeSlow(gzipBlockBytes + blockSlackBytes);
  let buffer = take();
  let used = 0;
  const writer: BlockWriter = {
    get buffer() {
      return buffer;
    },
    get used() {
      return used;
    },
    get room() {
      return Math.max(0, gzipBlockBytes - used);
    },
    advance(bytes) {
      used += bytes;
    },
    write(bytes) {
      for (let at = 0; at < bytes.length;) {
        const part = bytes.subarray(at, at + buffer.length - used);
        buffer.set(part, used);
        used += part.length;
        at += part.length;
        writer.flush();
      }
    },
    writeZeros(count) {
      writer.write(Buffer.alloc(count));
    },
    flush(isEnd = false) {
      if (used === 0 || (used < gzipBlockBytes && !isEnd)) return;
      const full = buffer;
      pipeline.push(full.subarray(0, used), () => void free.push(full));
      buffer = take();
      used = 0;
    },
  };
  return writer;
}
