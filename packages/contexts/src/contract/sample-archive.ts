import { createCipheriv, createHash } from 'node:crypto';
import type { ArchivePart, ArchiveSummary, PackedArchive } from '@kanikit/spec';

/** The least size of a part that is not the last. */
export const partBytes: number = 5 * 1024 * 1024;

export interface SampleArchive extends PackedArchive {
  readonly bytes: Buffer;
  /** Parts whose bytes were asked for, so far. */
  readonly readCount: () => number;
}

export interface SampleOptions {
  /** Whether the summary is known before anything is packed. @default false */
  readonly isKnown?: boolean;
  /** Called before each part is handed over; a failure ends the archive. */
  readonly beforePart?: (index: number) => void | Promise<void>;
}

/** An archive of made-up parts: one number for each stands for its content. */
export function createSampleArchive(
  seeds: readonly number[],
  { isKnown = false, beforePart }: SampleOptions = {},
): SampleArchive {
  // The last is smaller.
  const parts = seeds.map((seed, index) =>
    noise(seed, index === seeds.length - 1 ? 100_000 : partBytes + seed * 1000),
  );
  const bytes = Buffer.concat(parts);
  const summary: ArchiveSummary = {
    digest: digestOf(bytes),
    sizeBytes: bytes.length,
    dockerfiles: [`Dockerfile.${seeds.join('-')}`],
  };
  const ended = Promise.withResolvers<ArchiveSummary>();
  ended.promise.catch(() => {});
  let readCount = 0;
  return {
    bytes,
    readCount: () => readCount,
    // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
    known: async () => (isKnown ? summary : undefined),
    dockerfiles: Promise.resolve(summary.dockerfiles),
    summary: ended.promise,
    parts: (async function* (): AsyncGenerator<ArchivePart, void> {
      try {
        for (const [index, part] of parts.entries()) {
          await beforePart?.(index);
          yield {
            digest: digestOf(part),
            sizeBytes: part.length,
            // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
            read: async () => {
              readCount += 1;
              return part;
            },
          };
        }
        ended.resolve(summary);
      } catch (error) {
        ended.reject(error);
        throw error;
      }
    })(),
  };
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The same bytes for the same seed, and nothing that compresses. */
function noise(seed: number, sizeBytes: number): Buffer {
  const key = Buffer.alloc(16, seed);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
}
