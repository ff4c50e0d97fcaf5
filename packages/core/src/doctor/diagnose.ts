import { resolveExecutor } from '@kanikit/kaniko';
import {
  type BuildRequest,
  type Cluster,
  type ClusterNeeds,
  type Finding,
  isKanikitError,
  type KanikitError,
  look,
  type PodLaunch,
  type RunContext,
} from '@kanikit/spec';
import type { ClientEnvironment, PreparingEnvironment } from '../model/environment.ts';
import { ignoredPaths } from '../planner/ignored-paths.ts';
import { planPod } from '../planner/plan-pod.ts';
import { plannedDelivery } from '../planner/planned-delivery.ts';
import type { PreparedBuild } from '../model/prepared-build.ts';
import { checkBucket } from './check-bucket.ts';
import { checkClient } from './check-client.ts';
import { checkExecutorImage } from './check-executor-image.ts';
import { checkRegistries } from './check-registries.ts';
import type { DoctorTools } from './doctor-tools.ts';
import { sampleBuild } from './sample-build.ts';
import { tryExecutor } from './try-executor.ts';

/** What is looked at: builds as these settings make them. */
export type DoctorSettings = Omit<BuildRequest, 'context' | 'name'>;

/** Everything that builds depend on, looked at. */
export interface DoctorReport {
  /** False where a finding is a problem. */
  readonly canBuild: boolean;
  /** In the order in which they should be read and mended. */
  readonly findings: readonly Finding[];
}

export interface DoctorContext {
  /** The cluster, or why there is none. */
  readonly cluster: Cluster | KanikitError;
  readonly environment: ClientEnvironment;
  readonly tools: DoctorTools;
  /** True runs the executor in a pod, once. */
  readonly isDeep: boolean;
}

/** Looks at client, cluster, executor, bucket and registries, side by side. Creates nothing but the pod of a deep look, which it removes. */
export async function diagnose(
  settings: DoctorSettings,
  { cluster, environment, tools, isDeep }: DoctorContext,
  run: RunContext,
): Promise<DoctorReport> {
  const request: BuildRequest = { ...settings, context: 'doctor' };
  const asked = { tools, insecureRegistries: environment.insecureRegistries };
  const preparing = { ...environment, cluster: isKanikitError(cluster) ? noCluster : cluster };
  const sample = await readSettings(settings, preparing, run);
  // Of settings that are wrong, what is wrong with them is told already.
  const ofSettings = { ...request, platform: sample.build?.request.platform };
  const executor = sample.build?.executor ?? chosenExecutor(request, environment);
  const ofCluster = examine(cluster, { sample: sample.build, environment, isDeep }, run);
  const parts = await Promise.all([
    ofCluster,
    executor === undefined ? [] : checkExecutorImage(executor, ofSettings, asked, run),
    checkBucket(environment.store, executor, settings.contextDelivery === 'stdin', run),
    sample.areDestinationsValid ? checkRegistries(request, asked, run) : [],
  ]);
  const client = checkClient(process.version, `${process.platform}/${process.arch}`);
  const findings = [client, ...sample.findings, ...parts.flat()];
  return { canBuild: findings.every(({ status }) => status !== 'problem'), findings };
}

interface Sample {
  readonly build: PreparedBuild | undefined;
  readonly areDestinationsValid: boolean;
  /** Only what is wrong. */
  readonly findings: readonly Finding[];
}

/** Settings can be read without a cluster. */
const noCluster: PreparingEnvironment['cluster'] = {
  description: { kind: 'kubeconfig', name: 'none', server: '', namespace: 'default' },
  manifests: () => [],
};

async function readSettings(
  settings: DoctorSettings,
  environment: PreparingEnvironment,
  run: RunContext,
): Promise<Sample> {
  let sample: Sample = { build: undefined, areDestinationsValid: false, findings: [] };
  const overall = await look({ check: 'settings', title: 'Settings' }, run, async (bounded) => {
    const result = await sampleBuild(settings, environment, bounded);
    const all = 'problems' in result ? result.problems : [];
    // The look at the bucket tells it.
    const isTold = environment.store !== undefined && settings.contextDelivery === undefined;
    const problems = all.filter(({ code }) => !isTold || code !== 'delivery-unsupported');
    sample = {
      build: 'prepared' in result ? result.prepared : await bareSample(settings, environment, bounded),
      areDestinationsValid: !problems.some(({ code }) => /^(?:destination|image-reference)-/.test(code)),
      findings: problems.map(({ code, message, hint }) => ({
        check: 'settings',
        title: 'Settings',
        status: 'problem',
        code,
        message,
        hint,
      })),
    };
    return { status: 'ok', message: 'fit' };
  });
  return overall.status === 'ok' ? sample : { ...sample, findings: [overall] };
}

/** Where a helper fails or a name is wrong, the cluster is looked at all the same: with a build that has no credentials and pushes nothing. */
async function bareSample(
  settings: DoctorSettings,
  environment: PreparingEnvironment,
  run: RunContext,
): Promise<PreparedBuild | undefined> {
  const bare = { ...environment, loadDockerConfig: async () => undefined };
  const result = await sampleBuild(
    { ...settings, destinations: [], cache: false, contextDelivery: 'stdin' },
    bare,
    run,
  );
  return 'prepared' in result ? result.prepared : undefined;
}

/** Settings may be wrong for another reason than the executor. */
function chosenExecutor(
  request: BuildRequest,
  environment: ClientEnvironment,
): PreparedBuild['executor'] | undefined {
  try {
    return resolveExecutor(request.executor ?? environment.defaultExecutor);
  } catch (error) {
    if (!isKanikitError(error)) throw error;
    return undefined;
  }
}

async function examine(
  cluster: Cluster | KanikitError,
  options: {
    readonly sample: PreparedBuild | undefined;
    readonly environment: ClientEnvironment;
    readonly isDeep: boolean;
  },
  run: RunContext,
): Promise<readonly Finding[]> {
  const named = { check: 'server', title: 'API server' };
  if (isKanikitError(cluster)) {
    const { code, message, hint } = cluster;
    return [{ ...named, status: 'problem', code, message, ...(hint === undefined ? {} : { hint }) }];
  }
  const { sample, environment, isDeep } = options;
  if (sample === undefined)
    return [{ ...named, status: 'unknown', message: 'not asked: correct the settings first' }];
  const launch = launchOf(sample, cluster, environment);
  const isAttachNeeded = sample.delivery.way === 'stdin';
  const findings =
    cluster.examine === undefined
      ? [await preflight(cluster, { namespace: launch.namespace, isAttachNeeded }, run)]
      : await cluster.examine({ launch, isAttachNeeded }, run);
  if (!isDeep || findings.some(({ status }) => status === 'problem')) return findings;
  return [...findings, await tryExecutor(cluster, launch, sample.executor, run)];
}

/** What a cluster whose driver does not tell more says before builds. */
function preflight(cluster: Cluster, needs: ClusterNeeds, run: RunContext): Promise<Finding> {
  return look({ check: 'server', title: 'API server' }, run, async (bounded) => {
    const [first, ...others] = await cluster.check(needs, bounded);
    if (first === undefined)
      return { status: 'ok', message: 'its driver finds nothing in the way of builds' };
    const message = [first, ...others].map((problem) => problem.message).join(' ');
    return { status: 'problem', code: first.code, message, hint: first.hint };
  });
}

function launchOf(
  sample: PreparedBuild,
  cluster: Cluster,
  { insecureRegistries }: ClientEnvironment,
): PodLaunch {
  const { planned } = plannedDelivery(sample);
  const plan = { runId: 'doctor', insecureRegistries, ignoredPaths: ignoredPaths(cluster.description) };
  return planPod(sample, planned, plan);
}
