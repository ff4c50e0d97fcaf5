import type { Kubeconfig, KubeconfigCluster, KubeconfigContext, KubeconfigUser } from './kubeconfig.ts';
import type { Entry } from './kubeconfig-value.ts';

/** Several kubeconfigs as one. */
export interface MergedKubeconfig {
  /** Empty when no file names one. */
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, Entry<KubeconfigCluster>>;
  readonly users: ReadonlyMap<string, Entry<KubeconfigUser>>;
  readonly contexts: ReadonlyMap<string, Entry<KubeconfigContext>>;
}

/** Merges as kubectl does: the first file that has an entry, or a current context, has the whole of it. */
export function mergeKubeconfigs(files: readonly Kubeconfig[]): MergedKubeconfig {
  return {
    currentContext: files.find(({ currentContext }) => currentContext !== '')?.currentContext ?? '',
    clusters: byName(files.flatMap(({ clusters }) => clusters)),
    users: byName(files.flatMap(({ users }) => users)),
    contexts: byName(files.flatMap(({ contexts }) => contexts)),
  };
}

function byName<T>(entries: readonly Entry<T>[]): ReadonlyMap<string, Entry<T>> {
  return new Map(entries.toReversed().map((entry) => [entry.name, entry]));
}
