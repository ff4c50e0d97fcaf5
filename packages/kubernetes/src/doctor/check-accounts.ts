import { type Finding, type FindingBody, look, type Manifest, type RunContext } from '@kanikit/spec';
import { type ApiClient, isMissing } from '../api/client/api-client.ts';
import { hasStatus } from '../api/client/api-error.ts';

interface PodShape {
  readonly serviceAccountName?: string;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly volumes?: readonly { readonly name: string; readonly secret?: { readonly secretName?: string } }[];
}

interface ServiceAccount {
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}

interface SecretObject {
  readonly type?: string;
}

/** The service account of builds, and the secrets that exist in the namespace and builds name: pull secrets and the registry secret. */
export async function checkAccounts(
  client: ApiClient,
  manifest: Manifest,
  run: RunContext,
): Promise<readonly Finding[]> {
  const { namespace, name: podName } = manifest['metadata'] as {
    readonly namespace: string;
    readonly name: string;
  };
  const spec = manifest['spec'] as PodShape;
  const account = spec.serviceAccountName ?? 'default';
  let ofAccount: readonly string[] = [];
  const first = await look(
    { check: 'service-account', title: 'Service account' },
    run,
    async ({ signal }) => {
      const found = await get<ServiceAccount>(client, namespace, 'serviceaccounts', account, signal);
      if (found === 'denied')
        return { status: 'unknown', message: `${account} can not be looked at with these rights` };
      if (found === 'missing') return accountMissing(account, namespace);
      ofAccount = (found.imagePullSecrets ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]));
      const pulls = ofAccount.length === 0 ? '' : `, with the pull secrets ${ofAccount.join(', ')}`;
      return { status: 'ok', message: `${account}${pulls}` };
    },
  );
  const pullSecrets = new Set([...(spec.imagePullSecrets ?? []).map(({ name }) => name), ...ofAccount]);
  const mounted = (spec.volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? []);
  // The build's own secret has the name of its pod.
  const registrySecrets = new Set(mounted.filter((name) => name !== podName));
  const others = await Promise.all([
    ...[...pullSecrets].map((name) =>
      checkSecret(client, namespace, { name, check: 'pull-secret', title: 'Pull secret' }, run),
    ),
    ...[...registrySecrets].map((name) =>
      checkSecret(client, namespace, { name, check: 'registry-secret', title: 'Registry secret' }, run),
    ),
  ]);
  return [first, ...others];
}

function checkSecret(
  client: ApiClient,
  namespace: string,
  { name, check, title }: { readonly name: string; readonly check: string; readonly title: string },
  run: RunContext,
): Promise<Finding> {
  return look({ check, title }, run, async ({ signal }) => {
    const found = await get<SecretObject>(client, namespace, 'secrets', name, signal);
    if (found === 'denied')
      return { status: 'unknown', message: `${name} can not be looked at with these rights` };
    if (found === 'missing') return secretMissing(name, check);
    const isRegistry =
      found.type === 'kubernetes.io/dockerconfigjson' || found.type === 'kubernetes.io/dockercfg';
    if (isRegistry || check === 'registry-secret') return { status: 'ok', message: name };
    return {
      status: 'warning',
      message: `${name} is of the type ${found.type ?? 'Opaque'}, which nodes do not pull with`,
      hint: `Make it with kubectl create secret docker-registry ${name} ….`,
    };
  });
}

function accountMissing(account: string, namespace: string): FindingBody {
  return {
    status: 'problem',
    code: 'service-account-missing',
    message: `${account} does not exist in ${namespace}`,
    hint: `Create it (kubectl create serviceaccount ${account} -n ${namespace}), or name another one with \`pod.serviceAccount\`.`,
  };
}

function secretMissing(name: string, check: string): FindingBody {
  return {
    // Images that need no log-in are pulled without it; a volume that is missing keeps the pod from starting.
    status: check === 'pull-secret' ? 'warning' : 'problem',
    message: `${name} does not exist`,
    hint: `Create it (kubectl create secret docker-registry ${name} …), or do not name it.`,
  };
}

async function get<T>(
  client: ApiClient,
  namespace: string,
  resource: string,
  name: string,
  signal: AbortSignal,
): Promise<T | 'missing' | 'denied'> {
  const path = `/api/v1/namespaces/${namespace}/${resource}/${encodeURIComponent(name)}`;
  try {
    return await client.sendRepeatable<T>(
      { method: 'GET', path, what: `Looking at ${resource} ${name}` },
      signal,
    );
  } catch (error) {
    if (isMissing(error)) return 'missing';
    if (hasStatus(error, 403)) return 'denied';
    throw error;
  }
}
