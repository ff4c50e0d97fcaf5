import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterPod, type RunContext, untilAborted } from '@kanikit/spec';
import { deliver, type Delivered, type DeliveryContext } from '../delivery/deliver.ts';
import { type AheadDelivery, lateValues, type PlannedDelivery } from '../planner/plan-pod.ts';
import type { PreparedBuild } from '../model/prepared-build.ts';
import type { Redactor } from '@kanikit/toolkit/secrets';

/** An upload that takes longer than this is worth a pod that waits for it; a shorter one is not worth two requests more. */
const defaultLaunchAheadMs = 1_000;

export interface StartContext extends DeliveryContext {
  readonly redactor: Redactor;
  /** Asks for the delivery whenever it tries. */
  readonly launch: (delivery: () => Promise<PlannedDelivery | AheadDelivery>) => Promise<ClusterPod>;
}

export interface StartedPod {
  readonly pod: ClusterPod;
  /** Value of `--dockerfile`; undefined while it is not known. */
  readonly dockerfile: () => string | undefined;
  /** True where that is a stream to the container's stdin. */
  readonly isStream: boolean;
  /** What the pod is still to be given while it is followed; undefined where it has all it needs. */
  readonly supply: ((run: RunContext) => Promise<void>) | undefined;
}

/**
 * Gets context and pod together. While a large context is uploaded, the pod is scheduled and its image pulled already: its container starts when
 * the URL of the context is in its secret.
 */
export async function startPod(
  build: PreparedBuild,
  context: StartContext,
  run: RunContext,
): Promise<StartedPod> {
  const { environment, emit, launch, redactor } = context;
  const delivering = deliver(build, context, run);
  delivering.catch(() => undefined);
  const { ahead } = build.delivery;
  const isAheadPossible =
    ahead !== undefined &&
    !environment.isSimulated &&
    environment.cluster.canLaunchAhead(build.request.pod?.namespace);
  const early = isAheadPossible
    ? await within(delivering, environment.launchAheadMs ?? defaultLaunchAheadMs)
    : await delivering;
  if (early !== undefined) {
    void emit({ type: 'build-phase', phase: 'pod' });
    const { stdin, planned } = early;
    const pod = await launch(() => planned(run));
    return {
      pod,
      dockerfile: () => early.dockerfile,
      isStream: stdin !== undefined,
      supply: stdin && ((supplyRun) => pod.sendStdin(stdin, supplyRun)),
    };
  }
  const pod = await launch(() => Promise.resolve({ ahead: ahead! }));
  let dockerfile: string | undefined;
  return {
    pod,
    isStream: false,
    dockerfile: () => dockerfile,
    supply: async (supplyRun) => {
      const delivered = await untilAborted(delivering, supplyRun.signal);
      ({ dockerfile } = delivered);
      void emit({ type: 'build-phase', phase: 'pod' });
      const values = lateValues(await delivered.planned(supplyRun));
      redactor.hide(Object.values(values));
      await pod.provide(values, supplyRun);
    },
  };
}

async function within(work: Promise<Delivered>, timeoutMs: number): Promise<Delivered | undefined> {
  const late = new AbortController();
  try {
    return await Promise.race([work, delay(timeoutMs, undefined, { signal: late.signal })]);
  } finally {
    late.abort();
  }
}
