import { createHash, randomUUID } from 'node:crypto';
import type { BlockBlobClient } from '@azure/storage-blob';
import { collectChunks } from '../bucket/collect-chunks.ts';
import { inParallel } from '../store/in-parallel.ts';
import type { StoredObject } from '../store/object-store.ts';
import { azureCode, statusOf } from './azure-errors.ts';

/** A blob has at most 50,000 blocks: these make 390 GiB. */
const blockBytes = 8 * 1024 * 1024;
/** Largest block that is copied from another blob, by every version of the service. */
const largestCopyBytes = 100 * 1024 * 1024;
/** Blocks on the way at once: enough to fill the line, and 24 MiB of memory. */
const uploads = 3;
/** Copies inside of the service cost this machine nothing. */
const copies = 8;
/** Longest clean-up. */
const cleanupMs = 5000;

export interface BlobSettings {
  readonly metadata: Record<string, string>;
  readonly signal: AbortSignal;
}

export const contentType = 'application/gzip';

/** Where a block comes from. */
export interface BlockSource {
  readonly object: StoredObject;
  /** Lets the service read it. */
  readonly url: string;
}

/** Puts a blob together of others, inside of the service. */
export async function putFromBlobs(
  blob: BlockBlobClient,
  sources: readonly BlockSource[],
  settings: BlobSettings,
): Promise<void> {
  const blocks = sources.flatMap(({ object, url }) =>
    rangesOf(object.sizeBytes).map((range) => ({ ...range, url })),
  );
  const name = createBlockNames();
  const jobs = blocks.map((block, index) => ({ ...block, id: name(index) }));
  const sizeBytes = sources.reduce((sum, { object }) => sum + object.sizeBytes, 0);
  await commit(blob, settings, sizeBytes, async () => {
    await inParallel(jobs, copies, async ({ id, url, offset, count }) => {
      await blob.stageBlockFromURL(id, url, offset, count, { abortSignal: settings.signal });
    });
    return jobs.map(({ id }) => id);
  });
}

/** Puts a stream of any length in blocks, each with its hash. */
export async function putFromStream(
  blob: BlockBlobClient,
  pieces: AsyncIterable<Uint8Array>,
  settings: BlobSettings,
): Promise<void> {
  const { signal } = settings;
  const name = createBlockNames();
  const ids: string[] = [];
  const inFlight = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const waitForRoom = async (limit: number): Promise<void> => {
    while (inFlight.size > limit) await Promise.race(inFlight);
    if (failure !== undefined) throw failure.error;
  };
  await commit(blob, settings, undefined, async () => {
    try {
      for await (const { bytes } of collectChunks(pieces, blockBytes, signal)) {
        if (bytes.length === 0) continue;
        await waitForRoom(uploads - 1);
        const id = name(ids.length);
        ids.push(id);
        const sending: Promise<void> = stage(blob, id, bytes, signal)
          .catch((error: unknown) => void (failure ??= { error }))
          .finally(() => inFlight.delete(sending));
        inFlight.add(sending);
      }
    } finally {
      // Not one may arrive behind the clean-up.
      await Promise.all(inFlight);
    }
    await waitForRoom(0);
    return ids;
  });
}

async function stage(
  blob: BlockBlobClient,
  id: string,
  bytes: Uint8Array,
  abortSignal: AbortSignal,
): Promise<void> {
  await blob.stageBlock(id, bytes, bytes.length, { abortSignal, transactionalContentMD5: md5(bytes) });
}

/** Makes the staged blocks the blob, or discards them. */
async function commit(
  blob: BlockBlobClient,
  { metadata, signal }: BlobSettings,
  sizeBytes: number | undefined,
  stageAll: () => Promise<string[]>,
): Promise<void> {
  try {
    const ids = await stageAll();
    await blob.commitBlockList(ids, {
      metadata,
      blobHTTPHeaders: { blobContentType: contentType },
      abortSignal: signal,
    });
  } catch (error) {
    const isTaken = azureCode(error) === 'InvalidBlockList' || azureCode(error) === 'InvalidBlobOrBlock';
    // Who commits first discards the blocks of all others: with a name of its content, it is what was to be put.
    if (isTaken && (await sizeOf(blob, signal)) === sizeBytes) return;
    await discardBlocks(blob);
    throw error;
  }
}

/** Uncommitted blocks are billed for a week. Writing an empty blob discards them; never done where a blob exists. */
async function discardBlocks(blob: BlockBlobClient): Promise<void> {
  const abortSignal = AbortSignal.timeout(cleanupMs);
  try {
    await blob.commitBlockList([], { abortSignal, conditions: { ifNoneMatch: '*' } });
    await blob.deleteIfExists({ abortSignal });
  } catch {
    // The failure that led here counts.
  }
}

async function sizeOf(blob: BlockBlobClient, abortSignal: AbortSignal): Promise<number | undefined> {
  try {
    return (await blob.getProperties({ abortSignal })).contentLength;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

function rangesOf(sizeBytes: number): readonly { readonly offset: number; readonly count: number }[] {
  return Array.from({ length: Math.ceil(sizeBytes / largestCopyBytes) }, (_, index) => ({
    offset: index * largestCopyBytes,
    count: Math.min(largestCopyBytes, sizeBytes - index * largestCopyBytes),
  }));
}

/** All of one length, as the service wants them, and of no other upload to the same blob. */
function createBlockNames(): (index: number) => string {
  const upload = randomUUID();
  return (index) => Buffer.from(`${upload}.${String(index).padStart(5, '0')}`).toString('base64');
}

export function md5(bytes: Uint8Array): Uint8Array {
  return createHash('md5').update(bytes).digest();
}
