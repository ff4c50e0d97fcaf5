import { publishersOf, type ResolvedExecutor } from '@kanikit/kaniko';
import {
  type Cluster,
  type Finding,
  look,
  type PodLaunch,
  type PodResult,
  type RunContext,
} from '@kanikit/spec';

/** An image may have to be pulled by a node that has to be added. */
const podTimeoutMs = 180_000;
const largestLogBytes = 4_096;

/** Runs `executor version` in a pod like that of a build, without secrets and without a context, and removes it. */
export function tryExecutor(
  cluster: Cluster,
  launch: PodLaunch,
  executor: ResolvedExecutor,
  run: RunContext,
): Promise<Finding> {
  const named = { check: 'executor-run', title: 'Executor in the cluster', timeoutMs: podTimeoutMs + 10_000 };
  return look(named, run, async (bounded) => {
    const startedAt = performance.now();
    const pod = await cluster.launch(bare(launch), bounded);
    try {
      const [ended, said] = await Promise.all([endOf(pod.observations), textOf(pod.log)]);
      const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
      if (ended.result.cause !== 'completed' || ended.result.exitCode !== 0)
        return failed(ended.result, said);
      const where = ended.node === undefined ? '' : ` on ${ended.node}`;
      const version = /(?<!\d)(\d{1,9}\.\d{1,9}\.\d{1,9}(?:-\d{1,9})?)\b/.exec(said)?.[1];
      const message = `runs${where}, ${seconds} s from asking to its end: ${said.trim()}`;
      if (version === undefined || version === executor.version) return { status: 'ok', message };
      return {
        status: 'warning',
        message: `${message}; flags are spelled for ${executor.version}`,
        hint: hintFor(version, executor),
      };
    } finally {
      await pod.remove();
    }
  });
}

/** The same publisher may never have made that release: then one who has is meant. */
function hintFor(version: string, { distribution }: ResolvedExecutor): string {
  const publishers = publishersOf(version);
  const publisher = publishers.includes(distribution) ? distribution : publishers[0];
  return publisher === undefined
    ? 'Name the release that the image holds: `executor: NAME@VERSION`.'
    : `Name the release that the image holds: \`executor: ${publisher}@${version}\`.`;
}

function bare(launch: PodLaunch): PodLaunch {
  return {
    ...launch,
    args: ['version'],
    secretEnv: {},
    lateSecretEnv: [],
    env: {},
    envFrom: [],
    existingSecretFiles: [],
    podAs: 'pod',
    isDetached: false,
    secretFiles: [],
    registrySecret: undefined,
    isStdinUsed: false,
    deadlineSeconds: podTimeoutMs / 1000,
  };
}

async function endOf(
  observations: Awaited<ReturnType<Cluster['launch']>>['observations'],
): Promise<{ readonly result: PodResult; readonly node: string | undefined }> {
  let node: string | undefined;
  for await (const observation of observations) {
    if (observation.type === 'scheduled') ({ node } = observation);
    if (observation.type === 'ended') return { result: observation, node };
  }
  throw new Error('the observations of the pod ended without a result');
}

async function textOf(log: Awaited<ReturnType<Cluster['launch']>>['log']): Promise<string> {
  let text = '';
  for await (const { bytes } of log) {
    if (text.length < largestLogBytes) text += Buffer.from(bytes).toString('utf8');
  }
  return text;
}

function failed(
  { cause, exitCode, reason, message, hint }: PodResult,
  said: string,
): { readonly status: 'problem'; readonly message: string; readonly hint: string } {
  const code = exitCode === undefined ? '' : ` with exit code ${exitCode}`;
  const words = [reason, message, said.trim()].filter((text) => text !== undefined && text !== '').join(': ');
  return {
    status: 'problem',
    message: `${cause === 'completed' ? `ended${code}` : cause}${words === '' ? '' : `: ${words}`}`,
    hint: hint ?? 'Check that the image is an executor of Kaniko.',
  };
}
