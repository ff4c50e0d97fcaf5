import type { Admission } from '../queue/admission.ts';
import type { Cluster, ContextSource, ContextStore, ExecutorChoice, RunContext } from '@kanikit/spec';

/** Everything a run uses of the outside world, handed in by the caller (the sdk, a test). */
export interface Environment {
  readonly cluster: Cluster;
  /** Asked in order; the first that accepts a reference gets it. */
  readonly sources: readonly ContextSource[];
  /** Bucket for local contexts; without one they are streamed to the executor's stdin. */
  readonly store: ContextStore | undefined;
  /** How long contexts in the bucket outlive their last use, in milliseconds; undefined removes them after the run. */
  readonly keepContextMs?: number | undefined;
  /** Folder for what speeds up the next packing of the same tree; undefined keeps nothing. */
  readonly indexFolder?: string | undefined;
  /**
   * Content of a docker `config.json` with credentials for just these registries (`index.docker.io` for Docker Hub); undefined where all
   * of them are accessed anonymously.
   */
  readonly loadDockerConfig: (registries: readonly string[], run: RunContext) => Promise<string | undefined>;
  /** The client's environment, for build args without a value. */
  readonly clientEnv: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly readStdin?: (() => AsyncIterable<Uint8Array>) | undefined;
  /** Folder for full logs (`<folder>/<run>/<build>.log`, of further attempts `<build>-2.log` and so on); undefined keeps none. */
  readonly logFolder: string | undefined;
  /** A pod is launched ahead of its context when the upload takes longer than this, in milliseconds. @default 1,000 */
  readonly launchAheadMs?: number | undefined;
  /** Lets builds begin, within limits and quotas; one for all runs of a client. */
  readonly admission: Admission;
  /** How often a build that infrastructure ended is tried again, where its request does not say. @default 2 */
  readonly retries?: number | undefined;
  /** Delay before the first of these tries, in milliseconds; later ones take longer. @default 2,000, after a rate limit 30,000 */
  readonly retryDelayMs?: number | undefined;
  /** Executor of requests that choose none. @default the pinned release of the maintained fork */
  readonly defaultExecutor: ExecutorChoice | undefined;
  /** Registries spoken to over plain http in addition to what requests say. */
  readonly insecureRegistries: readonly string[];
  /** True when recorded builds are played. */
  readonly isSimulated: boolean;
  /** Milliseconds since the epoch by the machine's clock, to compare with times that others wrote. */
  readonly now: () => number;
  /** Milliseconds since the epoch that go on evenly where the machine's clock is set: durations, and times of events. */
  readonly steadyNow: () => number;
  /** Random hexadecimal text of this many characters, for ids. */
  readonly randomHex: (length: number) => string;
}

/** The outside world without its cluster: enough to make a build ready. */
export type ClientEnvironment = Omit<Environment, 'cluster' | 'admission'>;

/** What making a build ready asks of the outside world: of its cluster nothing that goes over the network. */
export type PreparingEnvironment = ClientEnvironment & {
  readonly cluster: Pick<Cluster, 'description' | 'manifests'>;
};
