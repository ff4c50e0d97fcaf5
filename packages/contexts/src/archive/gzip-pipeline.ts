import { availableParallelism } from 'node:os';
import { type Compressor, createCompressor } from './compressor.ts';

/** Content per gzip member: large enough to cost next to nothing in ratio, small enough to keep memory low. */
export const gzipBlockBytes: number = 1024 * 1024;
/** Blocks in the works at once: one per core, and one each being filled and being sent. */
const largestWidth = 8;

/** Compresses blocks side by side in Node's thread pool and gives them back in order, each as a gzip member. */
export interface GzipPipeline {
  readonly isFull: boolean;
  readonly length: number;
  /** `release` is called once the block's memory may be used again. */
  push(block: Uint8Array, release?: () => void): void;
  /** The oldest block's member; waits for it. */
  shift(): Promise<Buffer<ArrayBuffer>>;
}

export function createGzipPipeline(): GzipPipeline {
  const width = Math.min(largestWidth, availableParallelism() + 2);
  const pending: Promise<Buffer<ArrayBuffer>>[] = [];
  const idle: Compressor[] = [];
  const compress = async (block: Uint8Array): Promise<Buffer<ArrayBuffer>> => {
    const compressor = idle.pop() ?? createCompressor();
    const member = await compressor(block);
    idle.push(compressor);
    return member;
  };
  return {
    get isFull() {
      return pending.length >= width;
    },
    get length() {
      return pending.length;
    },
    push(block, release) {
      const member = compress(block).finally(release);
      // Reported by `shift`; this one only keeps an abandoned pipeline from raising it again.
      member.catch(() => {});
      pending.push(member);
    },
    async shift() {
      const first = pending.shift();
      if (first === undefined) throw new RangeError('the pipeline is empty');
      return await first;
    },
  };
}
