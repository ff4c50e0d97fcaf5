import {
  type ArchiveContext,
  type BucketDelivery,
  type ContextStore,
  isKanikitError,
  type RunContext,
  type StoredContext,
  untilAborted,
} from '@kanikit/spec';
import { timeoutOf } from '../planner/plan-pod.ts';
import type { PreparedBuild } from '../model/prepared-build.ts';
import { createSpeedometer } from './transfer-speed.ts';
import { createPackReporter, type Emit, emitWarnings } from './pack-events.ts';

/** A signed URL outlives the build's own deadline by this much, for clocks that differ. */
export const lifetimeMarginMs: number = 15 * 60 * 1000;

export interface UploadSettings {
  readonly runId: string;
  readonly store: ContextStore;
  readonly keepMs: number | undefined;
  readonly indexFolder: string | undefined;
  readonly now: () => number;
  readonly steadyNow: () => number;
}

/** One upload for all builds that share a context. */
export interface UploadGroup {
  /**
   * The stored context and the build's own `--dockerfile`; the first build to ask starts the upload, the others wait for it. Rejects with the
   * signal's reason when this build is cancelled, while the others go on. Asked again after a failure, it starts anew; after a success nothing is
   * sent again.
   */
  join(
    build: PreparedBuild,
    emit: Emit,
    signal: AbortSignal,
  ): Promise<{ readonly stored: StoredContext; readonly storedAtMs: number; readonly dockerfile: string }>;
  /** True while other builds still need what is stored. */
  isNeededBesides(build: PreparedBuild): boolean;
  /** What is stored stays when all have left: a build goes on without this client. */
  keep(): void;
  /** The build needs the upload no longer, whether it joined or not; the last one stops it, or removes what it stored. */
  leave(build: PreparedBuild): Promise<void>;
}

export function createUploadGroup(
  members: readonly PreparedBuild[],
  delivery: BucketDelivery,
  settings: UploadSettings,
): UploadGroup {
  const remaining = new Set(members);
  let isKept = false;
  const listeners = new Set<Emit>();
  const stop = new AbortController();
  let upload: Promise<StoredContext> | undefined;
  let storedAtMs = 0;
  const start = async (): Promise<StoredContext> => {
    try {
      const stored = await uploadTwice(
        () => uploadShared(members, delivery, settings, emitAll, stop.signal),
        stop.signal,
      );
      storedAtMs = settings.steadyNow();
      return stored;
    } catch (error) {
      upload = undefined;
      throw error;
    }
  };
  const emitAll: Emit = (event) => {
    for (const emit of listeners) void emit(event);
  };
  return {
    async join(build, emit, signal) {
      signal.throwIfAborted();
      listeners.add(emit);
      upload ??= start();
      const stored = await untilAborted(upload, signal);
      return { stored, storedAtMs, dockerfile: stored.dockerfiles[members.indexOf(build)] ?? '' };
    },
    isNeededBesides: (build) => remaining.size > (remaining.has(build) ? 1 : 0),
    keep() {
      isKept = true;
    },
    async leave(build) {
      if (!remaining.delete(build) || remaining.size > 0 || upload === undefined || isKept) return;
      stop.abort(new Error('no build needs the upload any longer'));
      const stored = await upload.catch(() => undefined);
      await stored?.remove({ signal: new AbortController().signal, now: settings.now });
    },
  };
}

/**
 * Goes on once more where an upload broke that may succeed later: what arrived the first time is in the bucket already. A context that can be
 * packed only once (standard input) keeps its first error.
 */
async function uploadTwice(
  upload: () => Promise<StoredContext>,
  signal: AbortSignal,
): Promise<StoredContext> {
  try {
    return await upload();
  } catch (error) {
    const isWorthIt = isKanikitError(error) && error.retryable && error.code.startsWith('bucket-');
    if (!isWorthIt || signal.aborted) throw error;
    return await upload().catch((second: unknown) => {
      throw isKanikitError(second) && second.code === 'stdin-unavailable' ? error : second;
    });
  }
}

async function uploadShared(
  members: readonly PreparedBuild[],
  delivery: BucketDelivery,
  { runId, store, keepMs, indexFolder, now, steadyNow }: UploadSettings,
  emit: Emit,
  signal: AbortSignal,
): Promise<StoredContext> {
  const [context, ...others] = members.flatMap((member): readonly ArchiveContext[] =>
    member.context.kind === 'archive' ? [member.context] : [],
  );
  if (context === undefined) throw new Error('an upload needs an archive');
  const run: RunContext = { signal, now };
  const reporter = createPackReporter(emit, steadyNow);
  const speedAt = createSpeedometer(steadyNow);
  const packed = context.pack({ onProgress: reporter.onProgress, sharedWith: others, indexFolder }, run);
  packed.summary.then(
    ({ warnings }) => {
      reporter.end();
      emitWarnings(warnings, emit);
    },
    () => undefined,
  );
  const stored = await store.upload(
    packed,
    {
      runId,
      buildIds: members.map((member) => member.id),
      delivery,
      lifetimeMs: Math.max(...members.map(timeoutOf)) + lifetimeMarginMs,
      keepMs,
      labels: members[0]?.request.pod?.labels,
      onProgress: ({ sentBytes, reusedBytes, totalBytes }) =>
        void emit({
          type: 'context-upload',
          location: store.description,
          bytes: sentBytes,
          reusedBytes,
          totalBytes,
          ...speedAt(sentBytes, totalBytes === undefined ? undefined : totalBytes - reusedBytes),
          isDone: false,
          isReused: false,
          digest: undefined,
        }),
    },
    run,
  );
  void emit({
    type: 'context-upload',
    location: stored.location,
    bytes: stored.sentBytes,
    reusedBytes: stored.sizeBytes - stored.sentBytes,
    totalBytes: stored.sizeBytes,
    isDone: true,
    isReused: stored.sentBytes === 0,
    digest: stored.digest,
  });
  return stored;
}
