import { availableParallelism } from 'node:os';
import { type Compressor, createCompressor } from './compressor.ts';

/** Content per block: large enough to cost next to nothing in ratio, small enough to keep memory low. */
export const gzipBlockBytes: number = 1024 * 1024;
/** Blocks in the works at once: one per core, and one each being filled and being sent. */
const largestWidth = 8;

/** Deflates blocks side by side in Node's thread pool and gives them back in order, as pieces of one gzip member. */
export interface GzipPipeline {
  /** Blocks in the works that make it full. */
  readonly width: number;
  readonly isFull: boolean;
  readonly length: number;
  /** `release` is called once the block's memory may be used again. */
  push(block: Uint8Array, release?: () => void): void;
  /** What became of the oldest block; waits for it. */
  shift(): Promise<Buffer<ArrayBuffer>>;
}

export function createGzipPipeline(): GzipPipeline {
  const width = Math.min(largestWidth, availableParallelism() + 2);
  const pending: Promise<Buffer<ArrayBuffer>>[] = [];
  const idle: Compressor[] = [];
  const compress = async (block: Uint8Array): Promise<Buffer<ArrayBuffer>> => {
    const compressor = idle.pop() ?? createCompressor();
    const output = await compressor(block);
    idle.push(compressor);
    return output;
  };
  return {
    width,
    get isFull() {
      return pending.length >= width;
    },
    get length() {
      return pending.length;
    },
    push(block, release) {
      const output = compress(block).finally(release);
      // Reported by `shift`; this one only keeps an abandoned pipeline from raising it again.
      output.catch(() => {});
      pending.push(output);
    },
    async shift() {
      const first = pending.shift();
      if (first === undefined) throw new RangeError('the pipeline is empty');
      return await first;
    },
  };
}
