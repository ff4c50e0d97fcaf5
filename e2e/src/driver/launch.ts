import { createCluster, loadConnection, minimalRole, type ClusterOptions } from '@kanikit/kubernetes';
import type { Cluster, ClusterPod, PodLaunch, PodObservation, PodResult, RunContext } from '@kanikit/spec';
import type { TestCluster, TestRule } from '../clusters/test-cluster.ts';

let count = 0;

/** The rules of the Role that kanikit prints. */
export function minimalRules(namespace: string): readonly TestRule[] {
  const role = minimalRole({ namespace }).find(({ kind }) => kind === 'Role');
  return (role?.['rules'] ?? []) as readonly TestRule[];
}

/** A launch of the workload: `args` say what it does. */
export function launchOf(
  target: Pick<TestCluster, 'workload' | 'namespace'>,
  args: readonly string[],
  changes: Partial<PodLaunch> = {},
): PodLaunch {
  count += 1;
  return {
    runId: 'driver',
    buildId: `b${count}`,
    name: `driver-${count}-${Math.floor(Math.random() * 1e9).toString(36)}`,
    namespace: target.namespace,
    image: target.workload,
    args,
    env: {},
    secretEnv: { TOKEN: 's3cr3t-value' },
    secretFiles: [{ path: '/kaniko/.docker/config.json', content: '{}' }],
    registrySecret: undefined,
    isStdinUsed: false,
    deadlineSeconds: 600,
    requests: undefined,
    limits: undefined,
    serviceAccount: undefined,
    nodeSelector: {},
    labels: {},
    annotations: {},
    imagePullSecrets: [],
    ...changes,
  };
}

/** The driver of the cluster that a kubeconfig names. */
export async function connect(kubeconfig: string, options?: ClusterOptions): Promise<Cluster> {
  return createCluster(await loadConnection({ env: {}, kubeconfig }), options);
}

export function runContext(limitMs = 240_000): RunContext {
  return { signal: AbortSignal.timeout(limitMs), now: Date.now };
}

export async function observe(pod: ClusterPod): Promise<PodObservation[]> {
  const seen: PodObservation[] = [];
  for await (const observation of pod.observations) seen.push(observation);
  return seen;
}

/** How the pod ended. */
export async function endOf(pod: ClusterPod): Promise<PodResult> {
  const last = (await observe(pod)).at(-1);
  if (last?.type !== 'ended') throw new Error(`the last observation is ${JSON.stringify(last)}`);
  return last;
}

export async function readLog(pod: ClusterPod): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const line of pod.log) parts.push(line.bytes);
  return Buffer.concat(parts).toString('utf8');
}

/** What `talk LINES LONG` prints: lines in the order of each stream, since a runtime reads the two apart. */
export function expectedTalk(lines: number, long: number): { readonly out: string; readonly err: string } {
  const all = Array.from({ length: lines }, (_, index) => `line ${index} é€😀\n`);
  return {
    out: `${all.filter((_, index) => index % 3 !== 0).join('')}${'x'.repeat(long)}\nlast words without a newline`,
    err: all.filter((_, index) => index % 3 === 0).join(''),
  };
}

/** Takes the two streams of `talk` apart again. The last words have no newline, so a line of the other stream may follow them. */
export function splitTalk(log: string): { readonly out: string; readonly err: string } {
  const err = [...log.matchAll(/line (\d+) é€😀\n/g)]
    .filter(([, number]) => Number(number) % 3 === 0)
    .map(([line]) => line)
    .join('');
  return {
    out: log.replaceAll(/line (\d+) é€😀\n/g, (line, number) => (Number(number) % 3 === 0 ? '' : line)),
    err,
  };
}
