import type { RunContext } from '@kanikit/spec';
import type { PlannedDelivery } from '../planner/plan-pod.ts';
import type { Environment } from '../model/environment.ts';
import type { PreparedBuild } from '../model/prepared-build.ts';
import type { CreatedThings } from '../model/created.ts';
import type { DeliveryMemory } from './delivery-memory.ts';
import { createFreshDelivery, type ExpiringDelivery } from './fresh-delivery.ts';
import type { Emit } from './pack-events.ts';
import { streamArchive } from './stream-archive.ts';
import type { UploadGroup } from './upload-group.ts';

/** Characters of random text that mark the end of a streamed archive. */
const sealLength = 20;

export interface DeliveryContext {
  readonly environment: Environment;
  readonly uploads: ReadonlyMap<string, UploadGroup>;
  readonly created: CreatedThings;
  readonly memory: DeliveryMemory;
  readonly emit: Emit;
}

/** A context on its way: what the pod is told, and what is yet to be sent to it. */
export interface Delivered {
  /** Value of `--dockerfile`. */
  readonly dockerfile: string;
  /** What a pod that is created now is told: a URL that would expire too soon is made anew. */
  readonly planned: (run: RunContext) => Promise<PlannedDelivery>;
  /** The archive for the executor's stdin; undefined where it fetches its context. */
  readonly stdin: AsyncIterable<Uint8Array> | undefined;
}

/** Gets the context to where the executor can read it; what needs the pod first is left to stdin. */
export async function deliver(
  build: PreparedBuild,
  { environment, uploads, created, memory, emit }: DeliveryContext,
  run: RunContext,
): Promise<Delivered> {
  const { context } = build;
  if (context.kind === 'remote') {
    const { delivery, renew, dockerfile } = context;
    return fetched(dockerfile, { delivery, renew, madeAtMs: build.preparedAtMs }, environment);
  }
  const group = uploads.get(build.id);
  if (group === undefined) {
    memory.seal ??= environment.randomHex(sealLength);
    const { dockerfile, bytes } = await streamArchive(
      context,
      { memory, emit, steadyNow: environment.steadyNow },
      run,
    );
    const planned = { source: 'stdin' as const, dockerfile };
    return { dockerfile, planned: () => Promise.resolve(planned), stdin: bytes };
  }
  const { stored, storedAtMs, dockerfile } = await group.join(build, emit, run.signal);
  if (!stored.isKept && !memory.isStored) {
    created.add({
      target: `context ${stored.location}`,
      isShared: () => group.isNeededBesides(build),
      remove: () => group.leave(build),
    });
  }
  memory.isStored = true;
  const { delivery, renew } = stored;
  return fetched(dockerfile, { delivery, renew, madeAtMs: storedAtMs }, environment, stored.location);
}

function fetched(
  dockerfile: string,
  expiring: ExpiringDelivery,
  { steadyNow }: Environment,
  location?: string,
): Delivered {
  const fresh = createFreshDelivery(expiring, steadyNow);
  return {
    dockerfile,
    planned: async (run) => ({ source: await fresh(run), dockerfile, location }),
    stdin: undefined,
  };
}
