import { KanikitError, type PodLaunch } from '@kanikit/spec';
import type { ApiClient } from '../../api/client/api-client.ts';
import { ApiError } from '../../api/client/api-error.ts';
import { annotationKeys } from '../layout/labels.ts';
import { lateKey } from '../layout/secret-layout.ts';
import { refusalError } from './refusal.ts';

/** A pod that waits for its values. */
export interface LateTarget {
  readonly namespace: string;
  readonly pod: string;
  /** Of the pod and its secret: another object that has taken the name is left alone. */
  readonly podUid: string | undefined;
  readonly secretUid: string | undefined;
  /** How long an API server that is away is waited for, in milliseconds. */
  readonly patienceMs: number;
}

/**
 * Puts the late values of a launch into its secret, then wakes the kubelet. Both patches may be repeated.
 *
 * @throws KanikitError `cluster-unreachable`, `cluster-denied`, and `pod-invalid` for values that the launch did not announce
 */
export async function provideLate(
  client: ApiClient,
  launch: PodLaunch,
  target: LateTarget,
  values: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, pod } = target;
  const announced = [...(launch.lateSecretEnv ?? [])].toSorted();
  const given = Object.keys(values).toSorted();
  if (announced.join() !== given.join()) {
    throw new KanikitError({
      code: 'pod-invalid',
      message: `Starting pod ${namespace}/${launch.name}: it waits for ${announced.join(', ')}, and got ${given.join(', ')}.`,
    });
  }
  const data = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [lateKey(name), Buffer.from(value).toString('base64')]),
  );
  await patch(
    client,
    target,
    'secrets',
    launch.name,
    { metadata: { uid: target.secretUid }, data, immutable: true },
    signal,
  );
  const metadata = { uid: target.podUid, annotations: { [annotationKeys.ready]: 'true' } };
  await patch(client, target, 'pods', pod, { metadata }, signal);
}

async function patch(
  client: ApiClient,
  { namespace, patienceMs }: LateTarget,
  kind: 'secrets' | 'pods',
  name: string,
  body: unknown,
  signal: AbortSignal,
): Promise<void> {
  const what = `Starting pod ${namespace}/${name}`;
  const path = `/api/v1/namespaces/${namespace}/${kind}/${name}`;
  try {
    await client.sendRepeatable({ method: 'PATCH', path, body, what }, signal, patienceMs);
  } catch (error) {
    throw error instanceof ApiError ? refusalError(error, what) : error;
  }
}
