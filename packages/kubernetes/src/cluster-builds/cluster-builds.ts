import type { ClusterBuilds, FoundBuild } from '@kanikit/spec';
import { KanikitError } from '@kanikit/spec';
import type { PodObject } from '../api/watch/pod-object.ts';
import type { PodWatch } from '../api/watch/pod-watch.ts';
import { type AdoptContext, adoptBuild } from './found/adopt-build.ts';
import { cancelBuild } from './found/cancel-build.ts';
import { findBuilds } from './found/find-builds.ts';
import { inspectBuild } from './found/inspect-build.ts';
import { readBuildLog } from './found/read-log.ts';

export interface BuildsContext extends AdoptContext {
  /** The cluster's namespace. */
  readonly namespace: string;
  /** Who cancels builds, for people. */
  readonly owner: string;
  /** A watch of the pods of the client that has this pod. */
  readonly watchOf: (pod: PodObject) => PodWatch;
}

/** Builds of any client of a cluster. */
export function createClusterBuilds(context: BuildsContext): ClusterBuilds {
  const { client, owner, namespace: ownNamespace } = context;
  // What a build was found as; it is handed back for what is to be done with it.
  const pods = new WeakMap<FoundBuild, PodObject>();
  return {
    async find(query, run) {
      const { builds, problems } = await findBuilds(client, { ...query, ownNamespace }, run);
      for (const { build, pod } of builds) pods.set(build, pod);
      return { builds: builds.map(({ build }) => build), problems };
    },
    inspect: (build, { signal }) => inspectBuild(client, build, signal),
    readLog: (build, { signal }) => readBuildLog(client, build, signal),
    adopt(build, run) {
      const pod = pods.get(build);
      if (pod === undefined) {
        throw new KanikitError({
          code: 'build-unknown',
          message: `Following build ${build.buildId}: it was not found by this cluster.`,
          hint: 'Find it first.',
        });
      }
      return adoptBuild(context, build, pod, context.watchOf(pod), run);
    },
    cancel: (build, { signal, now }) =>
      cancelBuild(client, build, { by: owner, now: now() + client.clockOffsetMs() }, signal),
    // Loaded when they are asked for: builds do without.
    async findRemnants(query, run) {
      const { findRemnants } = await import('./prune/find-remnants.ts');
      return findRemnants(client, { ...query, ownNamespace }, run);
    },
    async removeRemnant(remnant, { signal }) {
      const { removeObject } = await import('./found/remove-object.ts');
      return removeObject(client, remnant, signal);
    },
  };
}
