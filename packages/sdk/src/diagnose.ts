import { diagnose as diagnoseEnvironment, type DoctorReport } from '@kanikit/core';
import { type Cluster, isKanikitError, type KanikitError } from '@kanikit/spec';
import type { DiagnoseOptions } from './calls/diagnose.ts';
import { connectCluster } from './connect-cluster.ts';
import { createClientEnvironment } from './create-client-environment.ts';
import { createDoctorTools } from './doctor-tools.ts';
import type { KanikitOptions } from './options.ts';
import { stoppable } from './stoppable.ts';

/** Longest time of a look, in milliseconds; a deep one waits for a pod. */
const defaultTimeoutMs = 30_000;
const defaultDeepTimeoutMs = 240_000;

/**
 * Looks at everything that builds depend on: this machine, the cluster and its namespace, rights, the very pod of a build, executor image,
 * bucket and registries. What is wrong is in the report, not thrown.
 *
 * @example
 * const { canBuild, findings } = await diagnose({ cluster: { namespace: 'builds' } });
 * for (const { status, title, message, hint } of findings) console.log(status, title, message, hint ?? '');
 *
 * @throws KanikitError `options-invalid`; `cancelled` or `timeout`, whose `cause` is the reason of the signal
 */
export async function diagnose(
  options: KanikitOptions = {},
  diagnoseOptions: DiagnoseOptions = {},
): Promise<DoctorReport> {
  const checks = await import('./check/checks.ts');
  checks.checkKanikitOptions(options);
  checks.checkCall(checks.diagnoseOptionsSchema, diagnoseOptions, 'diagnose()');
  const { settings, isDeep = false, timeoutMs, signal } = diagnoseOptions;
  const environment = await createClientEnvironment(options);
  const cluster = await clusterOf(options, environment.clientEnv);
  const tools = createDoctorTools(options.credentials, environment.clientEnv);
  const late = AbortSignal.timeout(timeoutMs ?? (isDeep ? defaultDeepTimeoutMs : defaultTimeoutMs));
  const run = { signal: signal === undefined ? late : AbortSignal.any([signal, late]), now: Date.now };
  try {
    const context = { cluster, environment, tools, isDeep };
    return await stoppable(
      'Looking at what builds depend on',
      signal,
      async () =>
        await diagnoseEnvironment({ ...settings, destinations: settings?.destinations ?? [] }, context, run),
    );
  } finally {
    if (!isKanikitError(cluster)) await cluster.close();
  }
}

async function clusterOf(
  options: KanikitOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Cluster | KanikitError> {
  try {
    return await connectCluster(options.cluster, env);
  } catch (error) {
    if (isKanikitError(error)) return error;
    throw error;
  }
}
