import { KanikitError } from '@kanikit/spec';
import type { ObjectStore, StoredObject } from './object-store.ts';

interface MemoryObject {
  readonly bytes: Buffer;
  modifiedMs: number;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface MemoryObjects extends ObjectStore {
  readonly objects: Map<string, MemoryObject>;
  /** `put a/b`, `concat a/b`, …, in order. */
  readonly calls: string[];
  /** Milliseconds since the epoch, by the server's clock. */
  now: number;
  canList: boolean;
  /** Called with each call before it is done; what it throws is the call's failure. */
  before: (call: string, signal: AbortSignal) => void | Promise<void>;
  /** The same after it was done: its answer is lost. */
  after: (call: string) => void | Promise<void>;
  /** Largest number of puts on the way at once. */
  mostPuts: number;
}

/** An object store as simple as can be, for what depends on time and chance; real servers are in e2e. */
export function createMemoryObjects(smallestSourceBytes: number | undefined = 1): MemoryObjects {
  const objects = new Map<string, MemoryObject>();
  let puts = 0;
  const told = (key: string): StoredObject | undefined => {
    const found = objects.get(key);
    return found && { key, sizeBytes: found.bytes.length, modifiedMs: found.modifiedMs };
  };
  const call = async <Value>(
    name: string,
    signal: AbortSignal,
    work: () => Value | Promise<Value>,
  ): Promise<Value> => {
    memory.calls.push(name);
    signal.throwIfAborted();
    await memory.before(name, signal);
    signal.throwIfAborted();
    const value = await work();
    await memory.after(name);
    return value;
  };
  const memory: MemoryObjects = {
    objects,
    calls: [],
    now: Date.now(),
    canList: true,
    before: () => {},
    after: () => {},
    mostPuts: 0,
    smallestSourceBytes,
    describe: (key) => `memory://${key}`,
    put: async (key, bytes, { metadata, signal }) => {
      puts += 1;
      memory.mostPuts = Math.max(memory.mostPuts, puts);
      try {
        await call(`put ${key}`, signal, () => {
          objects.set(key, { bytes: Buffer.from(bytes), modifiedMs: memory.now, metadata });
        });
      } finally {
        puts -= 1;
      }
    },
    stat: async (key, signal) => await call(`stat ${key}`, signal, () => told(key)),
    list: async (prefix, signal) =>
      await call(`list ${prefix}`, signal, () =>
        memory.canList
          ? [...objects.keys()].filter((key) => key.startsWith(prefix)).flatMap((key) => told(key) ?? [])
          : undefined,
      ),
    concat: async (key, sources, { metadata, signal }) =>
      await call(`concat ${key}`, signal, () => {
        const found = sources.map((source) => objects.get(source.key) ?? missing(source.key));
        const bytes = Buffer.concat(found.map((object) => object.bytes));
        objects.set(key, { bytes, modifiedMs: memory.now, metadata });
      }),
    putStream: async (key, pieces, { metadata, signal }) =>
      await call(`stream ${key}`, signal, async () => {
        const bytes = Buffer.concat(await Array.fromAsync(pieces));
        objects.set(key, { bytes, modifiedMs: memory.now, metadata });
      }),
    remove: async (keys, signal) => {
      for (const key of keys) await call(`remove ${key}`, signal, () => void objects.delete(key));
    },
  };
  return memory;
}

function missing(key: string): never {
  throw new KanikitError({ code: 'bucket-object-missing', message: `there is no ${key}` });
}
