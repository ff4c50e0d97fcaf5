import type { RunContext } from '@kanikit/spec';
import type { PlannedDelivery } from '../planner/plan-pod.ts';
import type { Environment } from '../environment.ts';
import type { PreparedBuild } from '../preflight/prepared-build.ts';
import type { CreatedThings } from '../runner/created.ts';
import type { Emit } from './pack-events.ts';
import { streamArchive } from './stream-archive.ts';
import type { UploadGroup } from './upload-group.ts';

/** Characters of random text that mark the end of a streamed archive. */
const sealLength = 20;

export interface DeliveryContext {
  readonly environment: Environment;
  readonly uploads: ReadonlyMap<string, UploadGroup>;
  readonly created: CreatedThings;
  readonly emit: Emit;
}

/** A context on its way: what the pod is told, and what is yet to be sent to it. */
export interface Delivered {
  readonly planned: PlannedDelivery;
  /** The archive for the executor's stdin; undefined where it fetches its context. */
  readonly stdin: AsyncIterable<Uint8Array> | undefined;
}

/** Gets the context to where the executor can read it; what needs the pod first is left to stdin. */
export async function deliver(
  build: PreparedBuild,
  { environment, uploads, created, emit }: DeliveryContext,
  run: RunContext,
): Promise<Delivered> {
  const { context } = build;
  if (context.kind === 'remote') {
    return { planned: { source: context.delivery, dockerfile: context.dockerfile }, stdin: undefined };
  }
  const group = uploads.get(build.id);
  if (group === undefined) {
    const seal = environment.randomHex(sealLength);
    const { dockerfile, bytes } = await streamArchive(context, seal, emit, run);
    return { planned: { source: 'stdin', dockerfile }, stdin: bytes };
  }
  const { stored, dockerfile } = await group.join(build, emit, run.signal);
  if (!stored.isKept) {
    created.add({
      target: `context ${stored.location}`,
      isShared: () => group.isNeededBesides(build),
      remove: () => group.leave(build),
    });
  }
  return { planned: { source: stored.delivery, dockerfile }, stdin: undefined };
}
