import type { BuildEvent, RunContext } from '@kanikit/spec';
import type { PlannedDelivery } from '../planner/plan-pod.ts';
import { timeoutOf } from '../planner/plan-pod.ts';
import type { Environment } from '../environment.ts';
import type { PreparedBuild } from '../preflight/prepared-build.ts';
import type { CreatedThings } from './created.ts';

/** A signed URL outlives the build's own deadline by this much, for clocks that differ. */
const lifetimeMarginMs = 15 * 60 * 1000;

export interface DeliveryContext {
  readonly runId: string;
  readonly environment: Environment;
  readonly emit: (event: BuildEvent) => void | Promise<void>;
  readonly created: CreatedThings;
}

/** Gets the context to where the executor can read it; what needs the pod first is left to stdin. */
export async function deliver(
  build: PreparedBuild,
  { runId, environment, emit, created }: DeliveryContext,
  run: RunContext,
): Promise<PlannedDelivery> {
  if (build.context.kind === 'remote') return build.context.delivery;
  const { store } = environment;
  if (store === undefined) return 'stdin';
  const location = store.description;
  const stored = await store.upload(
    packWithProgress(build, emit, run),
    {
      runId,
      buildId: build.id,
      lifetimeMs: timeoutOf(build) + lifetimeMarginMs,
      onProgress: (bytes, totalBytes) =>
        void emit({
          type: 'context-upload',
          location,
          bytes,
          totalBytes,
          isDone: false,
          isReused: false,
          digest: undefined,
        }),
    },
    run,
  );
  created.add({
    target: `context ${stored.location}`,
    remove: () => stored.remove({ signal: new AbortController().signal, now: run.now }),
  });
  void emit({
    type: 'context-upload',
    location: stored.location,
    bytes: stored.sizeBytes,
    totalBytes: stored.sizeBytes,
    isDone: true,
    isReused: stored.isReused,
    digest: stored.digest,
  });
  return stored.delivery;
}

/** The packed context, telling the display how far it is. */
export async function* packWithProgress(
  build: PreparedBuild,
  emit: (event: BuildEvent) => void | Promise<void>,
  run: RunContext,
): AsyncIterable<Uint8Array> {
  if (build.context.kind !== 'archive') return;
  let last = { files: 0, bytes: 0, archiveBytes: 0 };
  const onProgress = (progress: typeof last) => {
    last = progress;
    void emit({ type: 'context-pack', ...progress, isDone: false });
  };
  yield* build.context.pack({ onProgress }, run);
  void emit({ type: 'context-pack', ...last, isDone: true });
}
