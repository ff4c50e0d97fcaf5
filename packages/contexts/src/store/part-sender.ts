import { type ArchivePart, type RunContext, untilAborted, type UploadOptions } from '@kanikit/spec';
import { createInFlight } from './in-flight.ts';
import { lateSignal } from './late-signal.ts';
import { ageOf, metadataOf, type ObjectLayout } from './object-layout.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import type { PartClaims } from './part-claims.ts';
import type { UploadCounter } from './upload-progress.ts';

/** Parts on the way at once: enough to fill the line while the next is packed; each is up to 16 MiB of memory. */
const concurrency = 3;

export interface PartSenderSettings {
  readonly objects: ObjectStore;
  readonly layout: ObjectLayout;
  readonly options: UploadOptions;
  readonly claims: PartClaims;
  readonly progress: UploadCounter;
  /** What is in the store by key; undefined where the credentials may not list. */
  readonly listing: Promise<ReadonlyMap<string, StoredObject> | undefined>;
  readonly run: RunContext;
}

/** Gets the parts of an archive into the store, those that it has not. */
export interface PartSender {
  /** Takes a part; resolves once there is room for the next. Rejects with what a part before ended with. */
  add(part: ArchivePart): Promise<void>;
  /** Waits for the parts on the way; returns all, in the order of the archive. */
  finish(): Promise<readonly StoredObject[]>;
  /** Gives up the parts on the way; where they are to be removed, only after those whose answers come soon. Never rejects. */
  stop(): Promise<void>;
  /** Keys of all parts, whether sent or there before. */
  readonly keys: ReadonlySet<string>;
}

export function createPartSender(settings: PartSenderSettings): PartSender {
  const { objects, layout, options, claims, progress, listing, run } = settings;
  const stopping = new AbortController();
  const signal = layout.isKept ? stopping.signal : lateSignal(stopping.signal);
  const sources: StoredObject[] = [];
  const keys = new Set<string>();
  const inFlight = createInFlight(concurrency);

  const find = async (key: string, sizeBytes: number): Promise<StoredObject | undefined> => {
    const listed = await listing;
    const found = listed === undefined ? await objects.stat(key, run.signal) : listed.get(key);
    if (found?.sizeBytes !== sizeBytes || ageOf(found, layout, run.now()) === 'expired') return undefined;
    return found;
  };
  const put = async (key: string, { digest }: ArchivePart, bytes: Uint8Array): Promise<void> => {
    const send = async (): Promise<void> => {
      await objects.put(key, bytes, { metadata: metadataOf(options, digest), digest, signal });
    };
    if (await claims.sendOnce(key, send, signal)) progress.addSent(bytes.length);
    else progress.addReused(bytes.length);
  };

  return {
    keys,
    async add(part) {
      await untilAborted(inFlight.waitForRoom(), run.signal);
      const key = layout.part(part.digest);
      const isRepeated = keys.has(key);
      if (!isRepeated) {
        keys.add(key);
        claims.claim(key);
      }
      const found = isRepeated ? undefined : await find(key, part.sizeBytes);
      sources.push(found ?? { key, sizeBytes: part.sizeBytes, modifiedMs: run.now() });
      if (isRepeated || found !== undefined) {
        progress.addReused(part.sizeBytes);
        return;
      }
      const bytes = await part.read();
      inFlight.start(() => put(key, part, bytes));
    },
    async finish() {
      await untilAborted(inFlight.finish(), run.signal);
      return sources;
    },
    async stop() {
      stopping.abort(run.signal.reason);
      await inFlight.settle();
    },
  };
}
