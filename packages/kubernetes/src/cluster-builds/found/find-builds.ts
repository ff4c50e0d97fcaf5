import { type BuildQuery, type FoundBuild, KanikitError, type Problem } from '@kanikit/spec';
import { missingNamespace } from '../../explain/missing-namespace.ts';
import type { ApiClient } from '../../api/client/api-client.ts';
import { hasStatus } from '../../api/client/api-error.ts';
import type { LeaseObject } from '../heartbeat/lease.ts';
import type { PodObject } from '../../api/watch/pod-object.ts';
import { type LeaseTimes, leaseTimes } from './client-life.ts';
import { collections, listOwn } from './list-objects.ts';
import { readBuild } from './read-build.ts';

export interface ListedBuilds {
  /** Newest last. */
  readonly builds: readonly { readonly build: FoundBuild; readonly pod: PodObject }[];
  /** Undefined where leases may not be read. */
  readonly leases: LeaseTimes | undefined;
  readonly problems: readonly Problem[];
}

/** Lists kanikit's pods and judges whose they are. `now` is this machine's time; the server's is used. Throws `namespace-missing`. */
export async function findBuilds(
  client: ApiClient,
  query: BuildQuery & { readonly ownNamespace: string },
  run: { readonly signal: AbortSignal; readonly now: () => number },
): Promise<ListedBuilds> {
  const pods = await listOwn<PodObject>(client, collections.pod, query, run.signal);
  // An empty list is the answer for a namespace that isn't there, too.
  if (pods.length === 0 && query.isEverywhere !== true) {
    const missing = await missingNamespace(client, query.namespace ?? query.ownNamespace, run.signal);
    if (missing !== undefined) throw new KanikitError(missing);
  }
  const problems: Problem[] = [];
  // After the pods: a client whose pod is in the list has had time to be in this one.
  const leases = pods.length === 0 ? new Map() : await readLeases(client, query, run.signal, problems);
  const now = run.now() + client.clockOffsetMs();
  const builds = pods.flatMap((pod) => {
    const build = readBuild(pod, leases, now);
    return build === undefined ? [] : [{ build, pod }];
  });
  return {
    builds: builds.toSorted((left, right) => left.build.createdAt - right.build.createdAt),
    leases,
    problems,
  };
}

async function readLeases(
  client: ApiClient,
  query: BuildQuery & { readonly ownNamespace: string },
  signal: AbortSignal,
  problems: Problem[],
): Promise<LeaseTimes | undefined> {
  try {
    return leaseTimes(await listOwn<LeaseObject>(client, collections.lease, query, signal));
  } catch (error) {
    if (!hasStatus(error, 403)) throw error;
    problems.push({
      code: error.code,
      message: `${error.message}; whether clients are alive is not known.`,
      hint: error.hint,
    });
    return undefined;
  }
}
