import type { ContextStore, RunContext, StoredContext, UploadOptions } from '@kanikit/spec';
import { createContextStore } from './create-context-store.ts';
import type { StoreKind } from './store-kind.ts';
import type { MemoryObjects } from './memory-objects.test.helper.ts';

const hourMs = 3_600_000;
const scheme = 'memory://';

/** A store over objects in memory. */
export function memoryStore(memory: MemoryObjects, changes: Partial<StoreKind> = {}): ContextStore {
  return createContextStore({
    kind: 'memory',
    description: scheme,
    prefix: 'pre',
    objects: () => Promise.resolve(memory),
    check: ({ signal }) => (signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve()),
    deliveries: (executor) =>
      Promise.resolve(
        executor === undefined
          ? { possible: ['bucket-url'], reasons: { 'signed-url': 'memory has none' } }
          : { possible: [], reasons: { 'signed-url': 'none', 'bucket-url': 'none' } },
      ),
    deliver: (key) =>
      Promise.resolve({ context: `${scheme}${key}`, isSecret: false, args: [], env: {}, secretEnv: {} }),
    ...changes,
  });
}

export function uploadOptions(changes: Partial<UploadOptions> = {}): UploadOptions {
  return {
    runId: 'r1',
    buildIds: ['b1'],
    delivery: 'bucket-url',
    lifetimeMs: hourMs,
    keepMs: undefined,
    ...changes,
  };
}

/** A run by the clock of the memory. */
export function memoryRun(
  memory: MemoryObjects,
  signal: AbortSignal = new AbortController().signal,
): RunContext {
  return { signal, now: () => memory.now };
}

export function fetchFrom(memory: MemoryObjects, { delivery }: StoredContext): Buffer {
  return memory.objects.get(delivery.context.slice(scheme.length))?.bytes ?? Buffer.alloc(0);
}
